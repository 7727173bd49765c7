"""Certificates, and the authority behind them, are replaced while customers are served.

As cert-manager and the kubelet do it: files change under the running programs. New connections use
what is new; the old ones go on. So that there are new ones, replicas are restarted in between.
"""

from e2e import rollout
from e2e.crowd import Crowd
from e2e.handshakes import handshake, receive, serial_of
from harness import certificates, report, waiting
from harness.certificates import Authority
from harness.suite import SERVICES

PROGRAMS = (*SERVICES, "gateway")
# What callers show, and whom they believe, is seen where the test stands in for a replica of a
# service, which their channels try to reach, again and again, beside those that there are.
SUITE = {"balanced": True, "replicas": {program: 2 for program in PROGRAMS}, "stand_ins": True}
CALLED = {"payment": ("intake", "fulfillment"), "fulfillment": ("intake", "payment"),
          "gateway": tuple(SERVICES)}


class Keeper:
    """Hands out certificates, as the files of a program that all of its replicas see."""

    def __init__(self, suite):
        self._suite = suite
        self.files = {name: suite.authority.make(name) for name in PROGRAMS}

    def give(self, authority: Authority = None, trusted: bytes = None):
        """Everybody gets a new certificate of the authority, or keeps the one that there is."""
        for name in PROGRAMS:
            if authority:
                self.files[name] = authority.make(name)
            if trusted:
                self.files[name]["ca.crt"] = trusted
            certificates.replace(self._suite.authority.issue(name), self.files[name])

    def wait_until_shown(self):
        """Until every replica shows its newest certificate to whom it calls and to who calls."""
        def shows(program: str, shown: str) -> bool:
            return shown == serial_of(self.files[program]["tls.crt"])

        self._wait_for_services(self.files["gateway"], shows, "show its new certificate")
        self._wait_for_callers(self.files.get, shows, "show its new certificate")

    def wait_until_believed(self, authority: Authority, believed: bool):
        """Until every replica believes, or no longer, callers and services of the authority."""
        def believes(_, shown: str) -> bool:
            return (shown is not None) == believed

        what = f"believe an authority: {believed}"
        self._wait_for_services(authority.make("gateway"), believes, what)
        # A caller that runs out of time hangs up as well, so that this has to be seen twice.
        for _ in range(1 if believed else 2):
            self._wait_for_callers(authority.make, believes, what)

    def _wait_for_services(self, caller: dict, condition, what: str):
        for service in SERVICES:
            for name in self._suite.names(service):
                port = self._suite.port(name, "grpc")
                waiting.until(lambda: condition(service, handshake(port, caller,
                                                                   self._trusted(service))),
                              seconds=30, interval=0.2, what=f"{name} to {what}")

    def _wait_for_callers(self, server_of, condition, what: str):
        """Each keeps files for each service that it calls."""
        for program, called in CALLED.items():
            for service in called:
                server = server_of(service)
                for name in self._suite.names(program):
                    port = self._suite.port(name, f"as-{service}")
                    waiting.until(lambda: condition(program, receive(port, server,
                                                                     self._trusted(program))),
                                  seconds=30, interval=0.2, what=f"{name} to {what} to {service}")

    def _trusted(self, program: str) -> bytes:
        """All authorities, so that we believe what is shown, old or new."""
        return self.files[program]["ca.crt"] + self._suite.authority.certificate


def restart_one_of_each(suite) -> list:
    """The other replicas and the gateways shake hands with them anew."""
    return [rollout.replace(suite, f"{service}-2") for service in SERVICES]


def test_certificates_and_their_authority_change_and_nobody_notices(suite, sandbox, customer):
    old, new = suite.authority, Authority(suite.directory / "next-authority")
    keeper = Keeper(suite)
    with Crowd(suite, sandbox, customer) as crowd:
        keeper.give(old)
        keeper.wait_until_shown()
        replaced = restart_one_of_each(suite)

        keeper.give(trusted=old.certificate + new.certificate)
        keeper.wait_until_believed(new, True)
        keeper.give(new, trusted=old.certificate + new.certificate)
        keeper.wait_until_shown()
        replaced += restart_one_of_each(suite)

        keeper.give(trusted=new.certificate)
        keeper.wait_until_believed(old, False)
        keeper.wait_until_believed(new, True)  # nobody has just stopped believing
        for service in SERVICES:
            replaced += [rollout.replace(suite, name) for name in suite.names(service)]
    report.show("\n".join(["Certificates that change", crowd.report(),
                           *map(rollout.line, replaced)]))
    crowd.check_nothing_was_dropped()
    crowd.check_orders()
