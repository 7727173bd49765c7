"""Directories that PostgreSQL can use.

PostgreSQL refuses to run as root, so a harness that runs as root runs it as the user `postgres`,
and that user may not be allowed into the clone (one under /root, say). Such a directory then is a
symbolic link to a private one in /tmp.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path


def server_user() -> dict:
    """The arguments for subprocess.* that make the child run as PostgreSQL must."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": [], "cwd": "/"}


def make(wanted: Path) -> Path:
    """Makes `wanted`, private to PostgreSQL's user, unless it is there; returns the real path."""
    if wanted.is_symlink() and not wanted.exists():
        wanted.unlink()  # /tmp was emptied
    if not wanted.exists():
        wanted.mkdir(parents=True)
        if not _usable(wanted):
            wanted.rmdir()
            private = Path(tempfile.mkdtemp(prefix="fsft-"))
            _usable(private)
            wanted.symlink_to(private)
    return wanted.resolve()


def remove(wanted: Path):
    """Removes what make() made, with everything in it."""
    real = wanted.resolve()
    if real.exists():
        shutil.rmtree(real)
    if wanted.is_symlink():
        wanted.unlink()


def _usable(directory: Path) -> bool:
    directory.chmod(0o700)
    user = server_user()
    if user:
        shutil.chown(directory, user["user"], user["group"])
    return subprocess.run(["test", "-w", directory], check=False, **user).returncode == 0
