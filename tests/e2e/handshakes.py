"""New connections to a service's gRPC port, as one of its callers makes them; and what callers show
to a service that they connect to.
"""

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
    context = _context(ssl.PROTOCOL_TLS_CLIENT, caller, trusted)
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as plain:
        with context.wrap_socket(plain) as secure:
            try:
                # The server's first frame: only who is believed gets it.
                believed = secure.recv(1)
            except (ssl.SSLError, ConnectionResetError):
                believed = b""
            return secure.getpeercert()["serialNumber"] if believed else None


def receive(port: int, server: dict, trusted: bytes):
    """The serial number that the next caller to come shows to a server with these files who
    believes these authorities; None when the caller does not believe the server. TimeoutError: none
    comes. Nobody else may listen there; the caller is turned away after the handshake.
    """
    context = _context(ssl.PROTOCOL_TLS_SERVER, server, trusted)
    with _next_caller(port) as plain:
        try:
            with context.wrap_socket(plain, server_side=True) as secure:
                return secure.getpeercert()["serialNumber"]
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError, ConnectionResetError):
            # gRPC hangs up without a word.
            return None


@contextlib.contextmanager
def _next_caller(port: int):
    with socket.socket() as listener:
        # Its user keeps the port: see harness.ports.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(1)
        listener.settimeout(30)
        plain, _ = listener.accept()
    with contextlib.closing(plain):
        plain.settimeout(10)
        yield plain


def _context(protocol: int, own: dict, trusted: bytes) -> ssl.SSLContext:
    """Mutual TLS, as gRPC speaks it."""
    context = ssl.SSLContext(protocol)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=trusted.decode())
    context.set_alpn_protocols(["h2"])
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("tls.crt", "tls.key"):
            (Path(scratch) / name).write_bytes(own[name])
        context.load_cert_chain(Path(scratch) / "tls.crt", Path(scratch) / "tls.key")
    return context
