"""A private PostgreSQL 15 cluster, migrated, on a loopback port of its own.

As a program it keeps the cluster for the C++ tests: `python3 -m harness.cluster start|stop
DIRECTORY`.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg2

from harness import place, template, waiting
from harness.ports import Ports
from harness.process import Program
from harness.template import DATABASE, SERVER_BIN, SUPERUSER


class Cluster:
    """One cluster in `directory`, which template.copy_to() filled.

    TCP only: the path of a Unix socket may be no longer than 107 bytes.
    """

    def __init__(self, directory: Path, *, durable: bool = True, port: int = 0, log: Path = None,
                 settings: dict = None):
        """durable=False gives up fsync, for tests that report no figures; port 0: a free one."""
        self.directory = directory
        self.passwords = json.loads((directory / "passwords.json").read_text(encoding="utf-8"))
        self.log = log or directory / "postgres.log"
        self._ports = Ports()
        self.port = port or self._ports.reserve()
        self._settings = {"listen_addresses": "127.0.0.1", "port": self.port,
                          "unix_socket_directories": "", "max_connections": 200,
                          "shared_buffers": "64MB", "fsync": "on" if durable else "off",
                          **(settings or {})}
        self.program = Program("postgres", [SERVER_BIN / "postgres", "-D", directory / "data",
                                            *self._options()], {"TZ": "UTC"}, self.log,
                               orphaned="INT")

    def _options(self) -> list:
        return [f"--{name}={value}" for name, value in self._settings.items()]

    def start(self):
        """Starts the server as our child and returns when it takes connections."""
        self.launch()
        self.await_ready()

    def launch(self):
        """The first half of start()."""
        self.program.start(**place.server_user())

    def await_ready(self):
        """The second half of start()."""
        waiting.until(self._ready, seconds=60, what="PostgreSQL to start")

    def _ready(self) -> bool:
        self.program.check()
        status = self.directory / "data" / "postmaster.pid"
        try:
            lines = status.read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:  # none yet, or the server is replacing that of a killed one
            return False
        # The eighth line tells the state; the file of an earlier, killed server has another pid.
        return len(lines) > 7 and lines[0] == str(self.program.pid) and lines[7].strip() == "ready"

    def stop(self):
        """Fast shutdown: sessions are ended, the data is left consistent."""
        self.program.stop(seconds=60, number=signal.SIGINT)
        self._ports.close()

    def crash(self):
        """As if the power failed: every process of the server is gone, and what they had not
        flushed. start() recovers.
        """
        parent = self.program.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8")
        self.program.kill()
        pids = [int(pid) for pid in children.split()]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):  # it had noticed by itself
                os.kill(pid, signal.SIGKILL)
        # A new server refuses to start while one of them still has the shared memory.
        waiting.until(lambda: not any(map(_running, pids)), seconds=20,
                      what="the server's processes to end")

    def url(self, role: str, database: str = DATABASE, port: int = 0) -> str:
        """The URL for `role`; `port` is that of a proxy in between."""
        address = f"127.0.0.1:{port or self.port}"
        return f"postgresql://{role}:{self.passwords[role]}@{address}/{database}"

    @contextlib.contextmanager
    def session(self, role: str = SUPERUSER, database: str = DATABASE):
        """A psycopg2 cursor in autocommit."""
        connection = psycopg2.connect(self.url(role, database))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def query(self, sql: str, *values, role: str = SUPERUSER, database: str = "") -> list:
        """All rows of one statement, as tuples; in the database `postgres` unless told."""
        with self.session(role, database or "postgres") as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def execute(self, sql: str):
        """One statement as superuser in the database `postgres`."""
        with self.session(database="postgres") as cursor:
            cursor.execute(sql)


def _running(pid: int) -> bool:
    """Not gone, and no zombie that nobody has asked for yet."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        return status.rpartition(")")[2].split()[0] not in "ZX"
    return False


def start_detached(directory: Path):
    """Starts a new cluster that outlives us, and writes DIRECTORY/url for the C++ tests.

    The file holds one URL per role, the superuser's first.
    """
    stop_detached(directory)
    instance = place.make(directory)
    template.copy_to(instance)
    cluster = Cluster(instance, durable=False)
    # pg_ctl's server belongs to nobody's session, and is not ended when ctest's set-up test ends.
    _pg_ctl(instance, "start", "--log", instance / "postgres.log", "--options",
            " ".join(f"{option!r}" for option in cluster._options()))
    urls = [cluster.url(SUPERUSER, "postgres")]
    urls += [cluster.url(role) for role in template.ROLES]
    template.write_private(instance / "url", "\n".join(urls) + "\n")


def stop_detached(directory: Path):
    """Ends the cluster that start_detached() started, if there is one, and forgets its data."""
    if (directory / "data" / "postmaster.pid").exists():
        with contextlib.suppress(subprocess.CalledProcessError):  # its server was killed before
            _pg_ctl(directory.resolve(), "stop", "--mode", "immediate")
    place.remove(directory)


def _pg_ctl(instance: Path, *arguments):
    command = [SERVER_BIN / "pg_ctl", "--pgdata", instance / "data", "--wait", "--silent",
               *arguments]
    subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL,
                   **place.server_user())


if __name__ == "__main__":
    {"start": start_detached, "stop": stop_detached}[sys.argv[1]](Path(sys.argv[2]).absolute())
