"""The suite of the harness, with our programs in containers of the image, as k8s/ runs them."""

import contextlib
import json
import os
import shutil
import subprocess

from harness import place, template
from harness.suite import SERVICES, Suite
from image.pods import Pods
from image.storage import Storage
from manifests.render import K8S, find, of_kind, pod_template, render

DATABASE_HOST = "postgres-rw"
PROGRAMS = (*SERVICES, "gateway")


class ImageSuite(Suite):
    """PostgreSQL, with TLS, and the sandbox run beside the containers, on the machine itself."""

    def __init__(self, directory, storage: Storage, version: str):
        super().__init__(directory)
        self._storage = storage
        self._version = version
        self._objects = render(K8S / "overlays" / "production")
        self._pods = None
        self._started = []

    def start(self):
        shutil.rmtree(self.directory / "volumes", ignore_errors=True)
        super().start()

    def grace(self, name: str) -> int:
        """Seconds that a program has to stop in, after the pause before it is told."""
        pod = self._deployment(name)["spec"]
        pause = pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][-1]
        return pod["terminationGracePeriodSeconds"] - int(pause)

    def run(self, name: str, template_: dict, container: dict, changes: dict = None) -> str:
        """One container to its end, which must be a good one; returns what it said."""
        return self._storage.podman("run", "--rm", *self._pods.arguments(
            self._container(name), template_, container, self._version, changes))

    def job(self, kind: str, name: str) -> str:
        """A job of the manifests, with what must come before it."""
        pod = pod_template(find(self._objects, kind, name))
        said = [self.run(container["name"], pod, container) for container in
                [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]]
        return said[-1]

    def container_pid(self, name: str) -> int:
        return int(self._storage.podman("inspect", "--format={{.State.Pid}}",
                                        self._container(name)))

    # --- what is different from the harness

    def _reserve(self):
        super()._reserve()
        # The kernel lets only sockets of one user share a port.
        [user] = {self._deployment(name)["spec"]["securityContext"]["runAsUser"]
                  for name in PROGRAMS}
        with _as_user(user):
            for program, use in self._addresses:
                if program in PROGRAMS:
                    self._addresses[program, use] = self._ports.reserve()

    def _start_postgres(self):
        """Empty, but for its roles; the image does the rest."""
        instance = place.make(self.directory / "postgres")
        files = {}
        for name in ("tls.crt", "tls.key"):
            files[name] = instance / name
            shutil.copy(self.authority.issue(DATABASE_HOST) / name, files[name])
            files[name].chmod(0o600)
            if place.server_user():
                shutil.chown(files[name], place.server_user()["user"])
        self._postgres_settings = {"ssl": "on", "ssl_cert_file": files["tls.crt"],
                                   "ssl_key_file": files["tls.key"]}
        super()._start_postgres()
        self.cluster.execute(f"DROP DATABASE {template.DATABASE}")
        self.cluster.execute(f"CREATE DATABASE {template.DATABASE} OWNER fsft_owner")
        self._pods = Pods(self.directory / "volumes", self._secrets(), self._config_maps(),
                          [*PROGRAMS, DATABASE_HOST])
        for kind, name in (("Job", "migrate"), ("Job", "cities"), ("CronJob", "partitions")):
            self.log(name).write_text(self.job(kind, name), encoding="utf-8")

    def _launch(self, name: str):
        if name in PROGRAMS:
            pod = self._deployment(name)
            for container in pod["spec"].get("initContainers", []):
                self.run(f"{name}-{container['name']}", pod, container)
        super()._launch(name)

    def _command(self, name: str) -> list:
        if name not in PROGRAMS:
            return super()._command(name)
        pod = self._deployment(name)
        [container] = pod["spec"]["containers"]
        self._started.append(name)
        return [*self._storage.podman_command(), "run", "--rm", "--replace", "--log-driver=none",
                *self._pods.arguments(self._container(name), pod, container, self._version,
                                      self._here(name))]

    def _environment(self, name: str) -> dict:
        return super()._environment(name) if name not in PROGRAMS else self._storage.environment

    def _abandon(self):
        super()._abandon()
        # Whoever kills podman does not kill what runs in the container.
        for name in self._started:
            with contextlib.suppress(RuntimeError):
                self._storage.podman("rm", "--force", "--ignore", "--time=0",
                                     self._container(name))

    # --- what the manifests want

    def _deployment(self, name: str) -> dict:
        return pod_template(find(self._objects, "Deployment", name))

    def _container(self, name: str) -> str:
        return f"fsft-{os.getpid()}-{name}"

    def _here(self, name: str) -> dict:
        """The variables that say who listens where, and that Stripe and Lob are the sandbox."""
        loopback = {use: f"127.0.0.1:{port}" for (program, use), port in self._addresses.items()
                    if program == name}
        found = {f"FSFT_{use.upper()}_ADDRESS": address for use, address in loopback.items()}
        for service in SERVICES:
            found[f"FSFT_{service.upper()}_TARGET"] = (
                f"dns:///{service}:{self.port(service, 'grpc')}")
        return {**found, "FSFT_PUBLIC_URL": self.gateway_url,
                "FSFT_STRIPE_API_BASE": self.sandbox_url,
                "FSFT_LOB_API_BASE": f"{self.sandbox_url}/lob/v1"}

    def _config_maps(self) -> dict:
        return {thing["metadata"]["name"]: thing["data"]
                for thing in of_kind(self._objects, "ConfigMap")}

    def _secrets(self) -> dict:
        """What make_secrets.py makes of this run's values, and what others make in a cluster."""
        given = self.directory / "given"
        shutil.rmtree(given, ignore_errors=True)
        given.mkdir(mode=0o700)
        values = {"stripe-secret-key": self.keys.stripe_secret_key,
                  "stripe-webhook-secrets": self.keys.stripe_webhook_secret,
                  "lob-api-key": self.keys.lob_api_key,
                  "lob-webhook-secrets": self.keys.lob_webhook_secret,
                  "smtp-url": f"smtp://127.0.0.1:{self.port('sandbox', 'smtp')}",
                  **{f"password-{role}": self.cluster.passwords[role] for role in template.ROLES}}
        for name, value in values.items():
            template.write_private(given / name, value)
        made = subprocess.run([K8S / "make_secrets.py", given, "--init",
                               f"--database={DATABASE_HOST}:{self.cluster.port}"],
                              check=True, capture_output=True, text=True).stdout
        found = {item["metadata"]["name"]: item["stringData"] for item in json.loads(made)["items"]}
        for program in PROGRAMS:
            found[f"{program}-tls"] = _texts(self.authority.issue(program))
        found["postgres-ca"] = {"ca.crt": found["intake-tls"]["ca.crt"]}
        return found


def _texts(directory) -> dict:
    """What Kubernetes shows of a mounted secret: files, and not where it keeps them."""
    return {path.name: path.read_text(encoding="utf-8") for path in directory.iterdir()
            if path.is_file()}


@contextlib.contextmanager
def _as_user(number: int):
    os.seteuid(number)
    try:
        yield
    finally:
        os.seteuid(0)
