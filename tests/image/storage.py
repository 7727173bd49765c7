"""Where the images of a build tree are, and the programs that make and run them."""

import hashlib
import os
import resource
import shutil
import subprocess
from pathlib import Path

from harness import paths

FILES = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 20_000)
# Smaller than what podman would want by itself, which a machine need not be allowed to give.
LIMITS = (f"--ulimit=nofile={FILES}:{FILES}", "--ulimit=nproc=4096:4096")
TOOLS = ("buildah", "podman", "runc", "debootstrap")
BASE = "docker.io/library/debian:bookworm-slim"


class Unable(RuntimeError):
    """This machine cannot make or run images; the text says why."""


class Storage:
    """Images and containers of our own, apart from those that the machine may have."""

    def __init__(self, driver: str):
        home = paths.BUILD / "image"
        # Short, because sockets lie in it: podman refuses more than 50 characters.
        name = hashlib.sha256(str(home).encode()).hexdigest()[:8]
        run = Path("/tmp") / f"fsft-image-{name}"
        self.options = ["--root", str(home / driver), "--runroot", str(run / driver),
                        "--storage-driver", driver]
        # What the compiler's cache of the build is kept in, beside other things.
        temporary = home / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        self.environment = {**os.environ, "TMPDIR": str(temporary), "BUILDAH_ISOLATION": "chroot"}

    def buildah(self, *arguments) -> str:
        return self.run(["buildah", *self.options, *arguments])

    def podman(self, *arguments) -> str:
        return self.run([*self.podman_command(), *arguments])

    def podman_command(self) -> list:
        # Neither needs systemd.
        return ["podman", *self.options, "--runtime", "runc", "--cgroup-manager", "cgroupfs"]

    def make(self, target: str, options: list):
        """`make TARGET`, as the README has it."""
        self.run(["make", "--no-print-directory", "-C", paths.ROOT, target,
                  "OPTIONS=" + " ".join([*self.options, "--pull-never", *options])])

    def has(self, image: str) -> bool:
        return subprocess.run(["buildah", *self.options, "inspect", "--type=image", image],
                              check=False, capture_output=True,
                              env=self.environment).returncode == 0

    def run(self, command: list) -> str:
        command = [str(word) for word in command]
        done = subprocess.run(command, check=False, capture_output=True, text=True,
                              env=self.environment)
        if done.returncode != 0:
            said = "\n".join(f"{done.stdout}\n{done.stderr}".strip().splitlines()[-40:])
            raise RuntimeError(f"{' '.join(command)} failed ({done.returncode}):\n{said}")
        return done.stdout


def found() -> Storage:
    """The storage that works here: layers over each other, or, where that cannot be, copies."""
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        raise Unable(f"not installed: {' '.join(missing)} (the group [image] of .ci/packages)")
    if os.geteuid() != 0:
        raise Unable("only root can make the base and bound what a container takes")
    reasons = []
    for driver in ("overlay", "vfs"):
        storage = Storage(driver)
        try:
            storage.buildah("info")
            return storage
        except RuntimeError as error:
            reasons.append(str(error))
    raise Unable("no storage for images:\n" + "\n".join(reasons))
