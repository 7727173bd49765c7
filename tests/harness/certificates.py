"""A certificate authority for one run, made by the openssl command line."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

# openssl's own default configuration would make every certificate one of an authority.
_CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = ${ENV::NAME}
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[program]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:${ENV::NAME}
"""
FILES = ("ca.crt", "tls.crt", "tls.key")


class Authority:
    """Issues certificates into <directory>/<name>/{ca.crt,tls.crt,tls.key}, as FSFT_TLS_DIR wants.

    A second one in another directory is the foreign authority that tests need, or the next one.
    """

    def __init__(self, directory: Path):
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "openssl.cnf").write_text(_CONFIGURATION, encoding="utf-8")
        if not (directory / "ca.crt").exists():
            self._openssl("Local authority of FightSFTickets", "authority", days=3650,
                          key=directory / "ca.key", certificate=directory / "ca.crt")

    @property
    def certificate(self) -> bytes:
        return (self._directory / "ca.crt").read_bytes()

    def issue(self, name: str) -> Path:
        """A certificate for the program `name`; returns its directory, which may exist already."""
        place = self._directory / name
        if not (place / "tls.crt").exists():
            replace(place, self.make(name))
        return place

    def make(self, name: str) -> dict:
        """A new key and certificate for the program: the content of its files by their names."""
        with tempfile.TemporaryDirectory(dir=self._directory) as scratch:
            key, certificate = Path(scratch) / "tls.key", Path(scratch) / "tls.crt"
            self._openssl(name, "program", "-CA", self._directory / "ca.crt", "-CAkey",
                          self._directory / "ca.key", days=825, key=key, certificate=certificate)
            return {"ca.crt": self.certificate, "tls.crt": certificate.read_bytes(),
                    "tls.key": key.read_bytes()}

    def _openssl(self, name: str, extensions: str, *more, days: int, key: Path, certificate: Path):
        command = ["openssl", "req", "-x509", "-config", self._directory / "openssl.cnf",
                   "-extensions", extensions, "-days", days, *more, "-newkey", "ec",
                   "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", key,
                   "-out", certificate]
        done = subprocess.run([str(part) for part in command], check=False, capture_output=True,
                              text=True, env={"PATH": os.environ["PATH"], "NAME": name})
        if done.returncode != 0:
            raise RuntimeError(f"openssl could not make {certificate}:\n{done.stderr}")


def replace(place: Path, files: dict):
    """Replaces the files of a program as Kubernetes does a mounted secret's: all at one moment,
    because each is a link that leads through one link, ..data, to the directory with all of them.
    """
    place.mkdir(exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix="..", dir=place))
    for name in FILES:
        (new / name).write_bytes(files[name])
        if not (place / name).is_symlink():
            (place / name).unlink(missing_ok=True)
            (place / name).symlink_to(Path("..data") / name)
    old = (place / "..data").resolve()
    (place / "..data_tmp").symlink_to(new.name)
    (place / "..data_tmp").rename(place / "..data")
    if old.parent == place.resolve() and old.name != "..data":
        shutil.rmtree(old)
