"""A TCP proxy in front of PostgreSQL that counts round trips by role and by statement.

One ReadyForQuery of the server ends one round trip. Which statement it was is known from the
comment that begins each of our SQL texts (`/* name */ ...`), followed through Parse, Bind and
Execute. One that executes nothing, as the first use of a prepared statement, is counted as
"prepare <name>".
"""

import contextlib
import re
import socket
import struct
import threading
from collections import Counter, deque

_CANCEL, _SSL, _GSS = 80877102, 80877103, 80877104
_NAME = re.compile(rb"\s*/\*\s*([^\s*]+)\s*\*/")


class Proxy:
    """Listens on a free loopback port while open; the counts are exact at any time."""

    def __init__(self, port: int):
        """`port` is PostgreSQL's."""
        self._upstream = port
        self._lock = threading.Lock()
        self._counts = Counter()  # (role, statement) -> round trips
        self._open = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def counts(self, *roles: str) -> Counter:
        """Round trips by statement, of these roles together, since the last reset()."""
        with self._lock:
            chosen = Counter()
            for (role, statement), count in self._counts.items():
                if role in roles:
                    chosen[statement] += count
            return chosen

    def reset(self):
        with self._lock:
            self._counts.clear()

    def drop(self):
        """Cuts every connection, as a broken network does."""
        with self._lock:
            doomed = list(self._open)
        for end in doomed:
            _shut(end)

    def close(self):
        _shut(self._listener)
        self._listener.close()
        self.drop()

    def _accept(self):
        with contextlib.suppress(OSError):  # close() ends it
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._upstream))
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._open |= {client, server}
                session = _Session(self._count)
                for source, target, watch in ((client, server, session.from_client),
                                              (server, client, session.from_server)):
                    threading.Thread(target=self._pump, args=(source, target, watch),
                                     daemon=True).start()

    def _pump(self, source, target, watch):
        with contextlib.suppress(OSError):  # the other direction, or drop(), has cut it
            while data := source.recv(65536):
                watch(data)  # before it is passed on, or the answer might be seen first
                target.sendall(data)
        for end in (source, target):
            _shut(end)
        with self._lock:
            self._open.discard(source)
        source.close()

    def _count(self, role: str, statements: set):
        with self._lock:
            for statement in statements:
                self._counts[role, statement] += 1


class _Session:
    """Follows the messages of one connection."""

    def __init__(self, count):
        self._count = count
        self._client, self._server = bytearray(), bytearray()
        self._role = None
        self._single_bytes = 0  # expected answers without a frame: to requests for encryption
        self._prepared, self._portals = {}, {}  # name -> statement's name
        self._parsed = "nothing"
        self._executed = set()  # since the last Sync
        self._unanswered = deque()  # one set of statements per expected ReadyForQuery

    def from_client(self, data: bytes):
        self._client += data
        while self._role is None:
            if not (message := _take(self._client, 0)):
                return
            self._start(message)
        while message := _take(self._client, 1):
            self._follow(chr(message[0]), bytes(message[5:]))

    def from_server(self, data: bytes):
        self._server += data
        while self._single_bytes and self._server:
            del self._server[0]
            self._single_bytes -= 1
        while message := _take(self._server, 1):
            # The first ReadyForQuery ends the login, which nobody has asked a statement for.
            if message[0] == ord("Z") and self._unanswered:
                self._count(self._role, self._unanswered.popleft())

    def _start(self, message: bytes):
        (code,) = struct.unpack_from(">i", message, 4)
        if code in (_SSL, _GSS):
            self._single_bytes += 1
        elif code == _CANCEL:
            self._role = ""
        else:
            fields = bytes(message[8:]).split(b"\0")
            self._role = dict(zip(fields[::2], fields[1::2]))[b"user"].decode()

    def _follow(self, kind: str, body: bytes):
        if kind == "Q":
            self._unanswered.append({_name_of(body)})
        elif kind == "P":
            statement, sql = body.split(b"\0", 2)[:2]
            self._parsed = self._prepared[statement] = _name_of(sql)
        elif kind == "B":
            portal, statement = body.split(b"\0", 2)[:2]
            self._portals[portal] = self._prepared.get(statement, "(unknown)")
        elif kind == "E":
            self._executed.add(self._portals[body.split(b"\0", 1)[0]])
        elif kind == "S":
            self._unanswered.append(self._executed or {f"prepare {self._parsed}"})
            self._executed = set()


def _take(buffer: bytearray, header: int) -> bytes:
    """Takes the first complete message: `header` bytes of type, a length that counts itself."""
    if len(buffer) < header + 4:
        return b""
    size = header + struct.unpack_from(">i", buffer, header)[0]
    if len(buffer) < size:
        return b""
    message = bytes(buffer[:size])
    del buffer[:size]
    return message


def _name_of(sql: bytes) -> str:
    found = _NAME.match(sql)
    return found[1].decode() if found else sql.split(b"\0")[0][:40].decode(errors="replace")


def _shut(end: socket.socket):
    with contextlib.suppress(OSError):  # it is closed already
        end.shutdown(socket.SHUT_RDWR)
