"""New connections to a service's gRPC port, as one of its callers makes them."""

import contextlib
import socket
import ssl
import subprocess
import tempfile
from pathlib import Path


def serial_of(certificate: bytes) -> str:
    """Of a PEM certificate, as a handshake shows it."""
    done = subprocess.run(["openssl", "x509", "-noout", "-serial"], input=certificate, check=True,
                          capture_output=True)
    return done.stdout.decode().strip().removeprefix("serial=")


def handshake(port: int, caller: dict, trusted: bytes):
    """The serial number that the server shows to a caller with these files (tls.crt, tls.key) who
    believes these authorities; None when the server does not believe the caller.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(cadata=trusted.decode())
    context.set_alpn_protocols(["h2"])
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("tls.crt", "tls.key"):
            (Path(scratch) / name).write_bytes(caller[name])
        context.load_cert_chain(Path(scratch) / "tls.crt", Path(scratch) / "tls.key")
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as plain:
        with context.wrap_socket(plain) as secure:
            try:
                # The server's first frame: only who is believed gets it.
                believed = secure.recv(1)
            except (ssl.SSLError, ConnectionResetError):
                believed = b""
            return secure.getpeercert()["serialNumber"] if believed else None
