"""The gateway's connections, byte by byte."""

import socket


def connect(suite) -> socket.socket:
    return socket.create_connection(("127.0.0.1", suite.port("gateway", "http")), timeout=20)


def read_one(stream) -> int:
    """Reads one answer of a connection's file; its status."""
    status = int(stream.readline().split()[1])
    length = 0
    while line := stream.readline().strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    stream.read(length)
    return status
