"""Certificates, and the authority behind them, are replaced while customers are served.

As cert-manager and the kubelet do it: files change under the running programs. New connections use
what is new; the old ones go on. So that there are new ones, replicas are restarted in between.
"""

import re
import time

from e2e import rollout
from e2e.crowd import Crowd
from e2e.handshakes import handshake, serial_of
from harness import certificates, paths, report, waiting
from harness.certificates import Authority
from harness.suite import SERVICES

PROGRAMS = (*SERVICES, "gateway")
SUITE = {"balanced": True, "replicas": {program: 2 for program in PROGRAMS}}
# Callers read their files again so often, and nobody can see from outside what one would show or
# believe: the metric reads the files for itself, and connections are made when they must.
[TLS_REFRESH] = re.findall(r"tls_refresh\{(\d+)\}",
                           (paths.ROOT / "shared/rpc/channels.h").read_text(encoding="utf-8"))
REREAD = 2 * int(TLS_REFRESH)


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
        """Until every replica of a service shows its newest certificate to who connects."""
        for service in SERVICES:
            serial = serial_of(self.files[service]["tls.crt"])
            self._wait(service, lambda shown: shown == serial, self.files["gateway"],
                       f"{service} to show its new certificate")

    def wait_until_believed(self, authority: Authority, believed: bool):
        """Until every replica of a service believes, or no longer, callers of the authority."""
        caller = authority.make("gateway")
        for service in SERVICES:
            self._wait(service, lambda shown: (shown is not None) == believed, caller,
                       f"{service} to believe an authority: {believed}")

    def _wait(self, service: str, condition, caller: dict, what: str):
        own = self.files[service]["ca.crt"] + self._suite.authority.certificate
        for name in self._suite.names(service):
            port = self._suite.port(name, "grpc")
            waiting.until(lambda: condition(handshake(port, caller, own)), seconds=30,
                          interval=0.2, what=what)


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
        time.sleep(REREAD)  # whether a caller believes the new one only its servers could see
        keeper.give(new, trusted=old.certificate + new.certificate)
        keeper.wait_until_shown()
        replaced += restart_one_of_each(suite)

        time.sleep(REREAD)  # the same of the certificate that it shows
        keeper.give(trusted=new.certificate)
        keeper.wait_until_believed(old, False)
        for service in SERVICES:
            replaced += [rollout.replace(suite, name) for name in suite.names(service)]
    report.show("\n".join(["Certificates that change", crowd.report(),
                           *map(rollout.line, replaced)]))
    crowd.check_nothing_was_dropped()
    crowd.check_orders()
