"""Clients that send what they like, from whichever of this machine's addresses they like."""

import contextlib
import selectors
import socket
import time

PATIENCE = 60


def addresses(count: int):
    """As many of this machine's own: all of 127.0.0.0/8 is."""
    return [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(count)]


class Attacker:
    """One connection."""

    def __init__(self, port: int, address: str = "127.0.0.1"):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE, (address, 0))
        self.heard = b""
        self.closed = False

    def send(self, data: bytes) -> bool:
        """Is somebody there who takes it?"""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def flood(self, block: bytes, blocks: int) -> int:
        """Sends until it is all sent or nobody takes it; how many blocks were."""
        for sent in range(blocks):
            if not self.send(block):
                return sent
        return blocks

    def listen(self) -> bytes:
        """All that is said until the other side closes."""
        with contextlib.suppress(ConnectionResetError):
            while data := self.socket.recv(65536):
                self.heard += data
        self.closed = True
        return self.heard

    def overhear(self):
        """What there is to be heard at this moment."""
        try:
            data = self.socket.recv(65536, socket.MSG_DONTWAIT)
            self.heard += data
            self.closed = not data
        except BlockingIOError:
            pass
        except ConnectionError:
            self.closed = True

    def statuses(self) -> list:
        """Of the answers heard so far."""
        return [int(part[:3]) for part in self.heard.split(b"HTTP/1.1 ")[1:]]

    def close(self):
        self.socket.close()


def talk(port: int, data: bytes) -> Attacker:
    """Sends something and hears all that is said to it."""
    attacker = Attacker(port)
    with contextlib.closing(attacker):
        attacker.send(data)
        attacker.listen()
    return attacker


@contextlib.contextmanager
def crowd(port: int, origins: list, first_words: bytes = b""):
    """A connection from each of these addresses."""
    attackers = []
    try:
        for origin in origins:
            attackers.append(Attacker(port, origin))
            attackers[-1].send(first_words)
        yield attackers
    finally:
        for attacker in attackers:
            attacker.close()


def drip(attackers: list, drop: bytes, seconds: float):
    """Each sends a drop twice a second until its connection is closed, or the time is over."""
    with selectors.DefaultSelector() as selector:
        for attacker in attackers:
            selector.register(attacker.socket, selectors.EVENT_READ, attacker)
        end = time.monotonic() + seconds
        while selector.get_map() and time.monotonic() < end:
            next_drop = time.monotonic() + 0.5
            while selector.get_map() and (left := next_drop - time.monotonic()) > 0:
                for key, _ in selector.select(left):
                    key.data.overhear()
                    if key.data.closed:
                        selector.unregister(key.fileobj)
            for key in list(selector.get_map().values()):
                key.data.send(drop)
