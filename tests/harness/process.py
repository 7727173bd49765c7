"""One program under the harness's eyes."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path


class ProgramError(RuntimeError):
    """A program died, did not start or did not stop; the text carries the tail of its log."""


class Program:
    """A child process with a log file."""

    def __init__(self, name: str, args: list, env: dict, log: Path, *, orphaned: str = "TERM"):
        """orphaned: the signal it gets when the harness dies without stopping it."""
        self.name = name
        self.args = [str(arg) for arg in args]
        self.env = env
        self.log = log
        self._orphaned = orphaned
        self.started_at = 0.0  # time.monotonic() just before exec
        self._process = None
        self._wanted = False  # between start() and stop() or kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self, **popen):
        """Starts the program. Extra arguments go to subprocess.Popen."""
        # A session of its own: Ctrl-C reaches only the harness, which then stops everything in
        # order. setpriv: when the harness is killed, the kernel asks the child to stop; no
        # orphans.
        command = ["setpriv", "--pdeathsig", self._orphaned, "--", *self.args]
        with open(self.log, "ab") as log:
            self.started_at = time.monotonic()
            self._process = subprocess.Popen(
                command, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, **popen)
        self._wanted = True

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_status(self):
        """None while it runs; negative: ended by that signal."""
        return self._process.poll()

    def check(self):
        """Raises ProgramError if the program should be running and is not."""
        if self._wanted and not self.alive():
            how = _describe(self._process.returncode)
            raise ProgramError(f"{self.name} died ({how})\n{self.tail()}")

    def send_signal(self, number: int):
        os.kill(self.pid, number)

    def stop(self, seconds: float = 15, number: int = signal.SIGTERM):
        """Orderly stop. ProgramError if it had died before, takes longer, or ends with an error."""
        if not self._wanted:
            return
        self.check()
        self._wanted = False
        self.send_signal(number)
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            late = f"{self.name} did not stop within {seconds:g} s"
            raise ProgramError(f"{late}\n{self.tail()}") from None
        if code != 0:
            raise ProgramError(f"{self.name} stopped badly ({_describe(code)})\n{self.tail()}")

    def kill(self):
        """SIGKILL, as a crash would end it; the harness then no longer expects it to run."""
        self._wanted = False
        if self.alive():
            self._process.kill()
            self._process.wait()

    def resident_mb(self) -> float:
        """Resident memory (VmRSS) in MB of 1,000,000 bytes."""
        return self._memory_mb("VmRSS")

    def peak_mb(self) -> float:
        """The most that resident memory has been since the start or forget_peak()."""
        return self._memory_mb("VmHWM")

    def forget_peak(self):
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _memory_mb(self, kind: str) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(f"{kind}:"):
                return int(line.split()[1]) * 1024 / 1e6
        raise ProgramError(f"{self.name} has no {kind}")

    def tail(self, lines: int = 30) -> str:
        text = self.log.read_text(errors="replace").splitlines()
        return "\n".join([f"--- end of {self.log}", *text[-lines:]])


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, of its children that run, and of those that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    used = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            used += cpu_seconds(int(child))
    return used


def _describe(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
