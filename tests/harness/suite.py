"""The whole product as real processes: PostgreSQL, the sandbox, three services, the gateway."""

import contextlib
import http.client
import os
import shutil
import signal
import time
from pathlib import Path

from harness import paths, place, template, waiting
from harness.balancer import Balancer
from harness.certificates import Authority
from harness.cluster import Cluster
from harness.keys import Keys
from harness.ports import Ports
from harness.process import Program, ProgramError
from harness.proxy import Proxy

# In the order of dependence; the database role of each that has one.
SERVICES = {"intake": "intake_rw", "payment": "payment_rw", "fulfillment": "fulfillment_rw"}
PROGRAMS = ("sandbox", *SERVICES, "gateway")

# Who needs a secret, by the beginning of its name; what is not listed here every program may have.
OWNERS = {
    "FSFT_DATABASE_": tuple(SERVICES),
    "FSFT_DATA_KEYS_": ("intake", "fulfillment"),
    "FSFT_ERASURE_": ("intake",),
    "FSFT_STRIPE_": ("payment",),
    "FSFT_LOB_": ("fulfillment",),
    "FSFT_SMTP_": ("fulfillment",),
    "FSFT_ADMIN_": ("gateway",),
    "FSFT_HTTP_": ("gateway",),
}


class Suite:
    """Use it as a context manager: everything is ready inside, and stopped in order at the end.

    Attributes: gateway_url, sandbox_url, keys, authority, cluster, proxy and balancer (or None),
    and ready_seconds, the time from exec to readiness of each program by name.
    """

    def __init__(self, directory: Path, *, ports: dict = None, replicas: dict = None,
                 settings: dict = None, counted: bool = False, postgres: dict = None,
                 sandbox: dict = None, wrappers: dict = None,
                 balanced: bool = False, keep_data: bool = False, stand_ins: bool = False):
        """directory: all that the run writes. ports: (program, use) -> fixed port; others are free.

        replicas: program -> how many. settings: FSFT_ names, or (program, FSFT_ name), -> value;
        None takes a name away. counted: the services reach PostgreSQL through a Proxy.
        postgres: settings of the server. sandbox: its flags, without the dashes. wrappers: program
        -> what it is run under, as a list of arguments. balanced: haproxy leads to the gateways,
        and gateway_url is its ingress. stand_ins: to every replica each service has one address
        more, port(name, "as-intake") and so on, where nobody listens unless a test does.
        """
        self.directory = directory
        self._fixed_ports = ports or {}
        self._replicas = replicas or {}
        self._settings = settings or {}
        self._counted = counted
        self._postgres_settings = postgres or {}
        self._sandbox_flags = sandbox or {}
        self._wrappers = wrappers or {}
        self._balanced = balanced
        self._stand_ins = stand_ins
        self._keep_data = keep_data
        self._ports = Ports()
        self._addresses = {}  # (name, use) -> port
        self._programs = {}  # name -> Program, in the order of their start
        self.ready_seconds = {}
        self.cluster = self.proxy = self.keys = self.authority = self.balancer = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self._abandon()
            raise
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.check()
                self.stop()
        finally:
            self._abandon()  # what is left after a failure

    # --- life cycle

    def start(self):
        """Starts everything that is not running yet, each when what it needs is ready."""
        (self.directory / "logs").mkdir(parents=True, exist_ok=True)
        self.ledger.mkdir(exist_ok=True)
        self.keys = Keys(self.directory)
        self.authority = Authority(self.directory / "tls")
        self._reserve()
        if not self._setting("intake", "FSFT_DATABASE_URL", ""):
            self._start_postgres()
        if self._counted:
            self.proxy = Proxy(self.cluster.port)
        for program in PROGRAMS if self.sandboxed else PROGRAMS[1:]:
            for name in self.names(program):
                self.start_program(name)
        if self._balanced:
            self._start_balancer()
        waiting.until(lambda: self._answers("gateway", "http", "/health/ready"), seconds=20,
                      what="the gateway to find every service ready")

    def start_program(self, name: str):
        """Starts one replica and waits until it is ready."""
        self._launch(name)
        self._await(name)

    def _launch(self, name: str):
        program = Program(name, self._command(name), self._environment(name), self.log(name))
        self._programs[name] = program
        program.start()

    def _await(self, name: str):
        program = self._programs[name]
        use = "http" if name == "sandbox" else "ops"
        path = "/sandbox/health" if name == "sandbox" else "/health/ready"
        try:
            waiting.until(lambda: program.check() or self._answers(name, use, path), seconds=30,
                          interval=0.005, what=f"{name} to be ready")
        except TimeoutError as error:
            raise ProgramError(f"{error}\n{program.tail()}") from None
        self.ready_seconds[name] = time.monotonic() - program.started_at

    def stop(self):
        """Orderly stop in reverse order; raises if a program had died or ends badly."""
        if self.balancer:
            self.balancer.program.stop(number=signal.SIGUSR1)
        for name in reversed(list(self._programs)):
            self._programs[name].stop()
        if self.proxy:
            self.proxy.close()
        if self.cluster:
            self.cluster.stop()
        self._clean()

    def _abandon(self):
        """Ends whatever still runs, without raising."""
        if self.balancer:
            self.balancer.program.kill()
        for program in reversed(list(self._programs.values())):
            program.kill()
        if self.proxy:
            self.proxy.close()
        if self.cluster:
            self.cluster.program.kill()
        self._clean()

    def _clean(self):
        self._ports.close()
        if not self._keep_data:
            place.remove(self.directory / "postgres")

    # --- what tests do to it

    def names(self, program: str) -> list:
        """The replicas of a program: "payment", "payment-2", ..."""
        count = self._replicas.get(program, 1)
        return [program] + [f"{program}-{number}" for number in range(2, count + 1)]

    def program(self, name: str) -> Program:
        return self._programs[name]

    def running(self) -> list:
        return list(self._programs)

    def check(self):
        """Raises ProgramError when a program that should run has died."""
        for program in self._programs.values():
            program.check()
        if self.balancer:
            self.balancer.program.check()
        if self.cluster:
            self.cluster.program.check()

    def kill(self, name: str):
        """SIGKILL to a program, or to all of "postgres"; revive() brings it back."""
        if name == "postgres":
            self.cluster.crash()
        else:
            self._programs[name].kill()

    def revive(self, *names: str):
        """Starts what kill() ended, in this order and without waiting for each other; returns when
        all are ready.
        """
        for name in names:
            if name == "postgres":
                self.cluster.launch()
            else:
                self._launch(name)
        for name in names:
            if name == "postgres":
                self.cluster.await_ready()
            else:
                self._await(name)

    def dead(self) -> list:
        """What was killed and is not revived."""
        down = [name for name, program in self._programs.items() if not program.alive()]
        return down if self.cluster.program.alive() else ["postgres", *down]

    def restart(self, name: str):
        """Orderly stop and start on the same ports."""
        self._programs[name].stop()
        self.start_program(name)

    def configure(self, program: str, **settings):
        """Other FSFT_ settings for the next starts of a program's replicas; None takes one away."""
        self._settings |= {(program, key): value for key, value in settings.items()}

    def reconfigure(self, name: str, **settings):
        """Restarts a program with other FSFT_ settings."""
        self.configure(name.split("-")[0], **settings)
        self.restart(name)

    def port(self, name: str, use: str) -> int:
        """The port of one replica; use is "grpc", "ops", "http" or "smtp".

        Of the "balancer": "ingress" or "service".
        """
        return self._addresses[name, use]

    def log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"

    @property
    def ledger(self) -> Path:
        """The directory of the erasure ledger."""
        return self.directory / "erasure-ledger"

    @property
    def sandboxed(self) -> bool:
        """Is at least one of Stripe, Lob and the mail server the sandbox?"""
        return not {"FSFT_STRIPE_API_BASE", "FSFT_LOB_API_BASE",
                    "FSFT_SMTP_URL"} <= self._settings.keys()

    @property
    def gateway_url(self) -> str:
        way_in = ("balancer", "ingress") if self._balanced else ("gateway", "http")
        return f"http://127.0.0.1:{self.port(*way_in)}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.port('sandbox', 'http')}"

    # --- how programs are told

    def _reserve(self):
        for program in PROGRAMS:
            uses = {"sandbox": ("http", "smtp"), "gateway": ("http", "ops")}.get(
                program, ("grpc", "ops"))
            if self._stand_ins and program != "sandbox":
                uses += tuple(f"as-{service}" for service in SERVICES)
            for name in self.names(program):
                for use in uses:
                    fixed = self._fixed_ports.get((name, use))
                    self._addresses[name, use] = fixed or self._ports.reserve()
        for use in ("service", "ingress") if self._balanced else ():
            self._addresses["balancer", use] = self._ports.reserve()

    def _start_balancer(self):
        gateways = {name: (self.port(name, "http"), self.port(name, "ops"))
                    for name in self.names("gateway")}
        ways_in = {use: self.port("balancer", use) for use in ("service", "ingress")}
        self.balancer = Balancer(self.directory, gateways, ways_in)
        self.balancer.start()

    def _start_postgres(self):
        data = self.directory / "postgres"
        fresh = not (data / "data").exists()
        instance = place.make(data)
        if fresh:
            template.copy_to(instance)
        self.cluster = Cluster(instance, log=self.log("postgres"), settings=self._postgres_settings)
        self.cluster.start()
        if not fresh:
            template.migrate(self.cluster)
        template.write_private(self.directory / "database-url",
                               self.cluster.url("fsft_owner") + "\n")

    def _command(self, name: str) -> list:
        if name != "sandbox":
            program = name.split("-")[0]
            return [*self._wrappers.get(program, []), paths.binary(program)]
        flags = {"port": self.port(name, "http"), "smtp-port": self.port(name, "smtp"),
                 "stripe-webhook-url": f"{self.gateway_url}/api/webhook/stripe",
                 "stripe-webhook-secret-file": self.directory / "stripe-webhook-secret",
                 "lob-webhook-url": f"{self.gateway_url}/api/webhook/lob",
                 "lob-webhook-secret-file": self.directory / "lob-webhook-secret",
                 **self._sandbox_flags}
        return [paths.binary("sandbox"),
                *(part for flag, value in flags.items() for part in (f"--{flag}", value))]

    def _setting(self, program: str, name: str, default):
        return self._settings.get((program, name), self._settings.get(name, default))

    def _environment(self, name: str) -> dict:
        """Only what the program needs: nothing of ours leaks in from the caller's environment."""
        program = name.split("-")[0]
        own = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        if program == "sandbox":
            return own
        wanted = self._defaults(name, program)
        for key in {key if isinstance(key, str) else key[1] for key in self._settings}:
            wanted[key] = self._setting(program, key, wanted.get(key))
        for key, value in wanted.items():
            owners = next((who for start, who in OWNERS.items() if key.startswith(start)), PROGRAMS)
            replaced_by_file = wanted.get(f"{key}_FILE") is not None
            if value is not None and program in owners and not replaced_by_file:
                own[key] = str(value)
        return own

    def _defaults(self, name: str, program: str) -> dict:
        wanted = {
            "FSFT_TLS_DIR": self.authority.issue(program),
            "FSFT_OPS_ADDRESS": f"127.0.0.1:{self.port(name, 'ops')}",
            "FSFT_PUBLIC_URL": self.gateway_url,
            "FSFT_DATA_KEYS_FILE": self.keys.data_keys_file,
            "FSFT_ERASURE_LEDGER_DIR": self.ledger,
            "FSFT_ADMIN_TOKENS_FILE": self.keys.admin_tokens_file,
            "FSFT_STRIPE_API_BASE": self.sandbox_url,
            "FSFT_STRIPE_SECRET_KEY": self.keys.stripe_secret_key,
            "FSFT_STRIPE_WEBHOOK_SECRETS": self.keys.stripe_webhook_secret,
            "FSFT_LOB_API_BASE": f"{self.sandbox_url}/lob/v1",
            "FSFT_LOB_API_KEY": self.keys.lob_api_key,
            "FSFT_LOB_WEBHOOK_SECRETS": self.keys.lob_webhook_secret,
            "FSFT_SMTP_URL": f"smtp://127.0.0.1:{self.port('sandbox', 'smtp')}",
            "FSFT_GRPC_REFLECTION": "on",
        }
        for service, role in SERVICES.items():
            ports = [self.port(replica, "grpc") for replica in self.names(service)]
            if self._stand_ins:
                ports.append(self.port(name, f"as-{service}"))
            wanted[f"FSFT_{service.upper()}_TARGET"] = "ipv4:" + ",".join(
                f"127.0.0.1:{port}" for port in ports)
            if service == program:
                wanted["FSFT_GRPC_ADDRESS"] = f"127.0.0.1:{self.port(name, 'grpc')}"
                if self.cluster:
                    through = self.proxy.port if self.proxy else 0
                    wanted["FSFT_DATABASE_URL"] = self.cluster.url(role, port=through)
        if program == "gateway":
            wanted["FSFT_HTTP_ADDRESS"] = f"127.0.0.1:{self.port(name, 'http')}"
            # All who take part in a test are one client, with the work of hundreds.
            wanted["FSFT_RATE_LIMITS"] = "off"
        return wanted

    def _answers(self, name: str, use: str, path: str) -> bool:
        """Does GET answer 200? False while nobody listens yet."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self.port(name, use), timeout=5)
            with contextlib.closing(connection):
                connection.request("GET", path)
                return connection.getresponse().status == 200
        return False


def fresh_directory(name: str) -> Path:
    """An empty directory for one suite of the tests; logs of the last run stay until then."""
    directory = paths.preset_dir() / "suites" / name
    place.remove(directory / "postgres")
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory
