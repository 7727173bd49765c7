"""A certificate authority for one run, made by the openssl command line."""

import os
import subprocess
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


class Authority:
    """Issues certificates into <directory>/<name>/{ca.crt,tls.crt,tls.key}, as FSFT_TLS_DIR wants.

    A second one in another directory is the foreign authority that tests need.
    """

    def __init__(self, directory: Path):
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "openssl.cnf").write_text(_CONFIGURATION, encoding="utf-8")
        if not (directory / "ca.crt").exists():
            self._openssl("Local authority of FightSFTickets", "authority", days=3650,
                          key=directory / "ca.key", certificate=directory / "ca.crt")

    def issue(self, name: str) -> Path:
        """A certificate for the program `name`; returns its directory, which may exist already."""
        place = self._directory / name
        if not (place / "tls.crt").exists():
            place.mkdir(exist_ok=True)
            (place / "ca.crt").write_bytes((self._directory / "ca.crt").read_bytes())
            self._openssl(name, "program", "-CA", self._directory / "ca.crt", "-CAkey",
                          self._directory / "ca.key", days=825,
                          key=place / "tls.key", certificate=place / "tls.crt")
        return place

    def _openssl(self, name: str, extensions: str, *more, days: int, key: Path, certificate: Path):
        command = ["openssl", "req", "-x509", "-config", self._directory / "openssl.cnf",
                   "-extensions", extensions, "-days", days, *more, "-newkey", "ec",
                   "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", key,
                   "-out", certificate]
        done = subprocess.run([str(part) for part in command], check=False, capture_output=True,
                              text=True, env={"PATH": os.environ["PATH"], "NAME": name})
        if done.returncode != 0:
            raise RuntimeError(f"openssl could not make {certificate}:\n{done.stderr}")
