"""`make profile`: where the processor time of a kind of request goes, by program and function.

Leaves a text for each program in build/release/profile. By perf, or where the kernel does not let
it, by callgrind, under which everything takes fifty times as long.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from bench import scenarios
from bench.meter import OURS
from bench.runs import Bench
from bench.stored import Stored
from harness import paths
from harness.suite import Suite

KINDS = ("checkout", "webhook", "status")
KIND = os.environ.get("PROFILE_KIND", "checkout")
CONNECTIONS = int(os.environ.get("PROFILE_CONNECTIONS", "32"))
SECONDS = float(os.environ.get("PROFILE_SECONDS", "10"))


def perf_works(directory: Path) -> bool:
    probe = ["perf", "record", "--all-cpus", "--output", directory / "probe", "--", "true"]
    return shutil.which("perf") and subprocess.run(probe, check=False,
                                                   capture_output=True).returncode == 0


def with_perf(directory: Path):
    with Suite(directory / "suite") as suite:
        pids = {name: suite.program(name).pid for name in OURS}
        recording = subprocess.Popen(
            ["perf", "record", "--freq", "1999", "--output", directory / "samples",
             "--all-cpus"], stderr=subprocess.DEVNULL)
        try:
            send(suite)
        finally:
            recording.send_signal(signal.SIGINT)
            recording.wait()
    for name, pid in pids.items():
        with (directory / f"{name}.txt").open("w", encoding="utf-8") as report:
            subprocess.run(["perf", "report", "--stdio", "--input", directory / "samples",
                            "--pid", str(pid), "--sort", "dso,symbol", "--percent-limit", "0.2"],
                           check=True, stdout=report, stderr=subprocess.DEVNULL)


def with_callgrind(directory: Path):
    wrappers = {name: ["valgrind", "--tool=callgrind",
                       f"--callgrind-out-file={directory}/{name}.out"] for name in OURS}
    with Suite(directory / "suite", wrappers=wrappers) as suite:
        send(suite)
    for name in OURS:
        with (directory / f"{name}.txt").open("w", encoding="utf-8") as report:
            subprocess.run(["callgrind_annotate", directory / f"{name}.out"], check=True,
                           stdout=report)


def send(suite):
    kinds = {kind.name: kind for kind in scenarios.make(suite, Stored(suite.cluster))}
    run = Bench(suite, suite.directory, SECONDS).load(kinds[KIND], CONNECTIONS)
    print(f"{KIND}, {CONNECTIONS} connections: {run.per_second:.0f}/s, our CPU {run.ours:.0f} µs")


def main() -> int:
    if KIND not in KINDS:
        print(f"make profile: KIND is one of {', '.join(KINDS)}", file=sys.stderr)
        return 2
    directory = paths.preset_dir() / "profile"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    if perf_works(directory):
        with_perf(directory)
    else:
        with_callgrind(directory)
    print("\n".join(str(report.relative_to(paths.ROOT)) for report in directory.glob("*.txt")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
