"""The images, made as the README says, for what is asked of them here."""

import re
import subprocess

import pytest

from harness import paths, report
from image.storage import BASE, LIMITS, Storage, Unable, found

VERSION = re.search(r"^project\(\w+ VERSION (\S+)", (paths.ROOT / "CMakeLists.txt").read_text(
    encoding="utf-8"), re.M)[1]
PIN = paths.ROOT / "image" / "pin"


@pytest.fixture(scope="session", name="version")
def _version() -> str:
    return VERSION


@pytest.fixture(scope="session", name="storage")
def _storage() -> Storage:
    """With both images in it, and the base of theirs."""
    try:
        storage = found()
        if not storage.has(BASE):
            storage.run([paths.ROOT / "image" / "base", *storage.options])
        _must_run(storage)
    except Unable as reason:
        report.show(f"SKIPPED: the images are not built and tried here: {reason}")
        pytest.skip(str(reason))
    storage.make("image", _pins())
    return storage


def _must_run(storage: Storage):
    """A machine's kernel, or what our machine itself runs in, may not let containers be."""
    try:
        storage.podman("run", "--rm", "--network=host", *LIMITS, "--memory=64m", "--cpus=1",
                       "--read-only", "--cap-drop=all", BASE, "/bin/true")
    except RuntimeError as error:
        raise Unable(f"this machine runs no containers: {error}") from None


def _pins() -> list:
    """Where the versions are pinned: in image/, or, when Debian has withdrawn some of those, what
    image/pin makes of today's. That is not our change's fault, and tells of everything else.
    """
    checked = subprocess.run([PIN, "--check"], check=False, capture_output=True, text=True)
    if checked.returncode == 0:
        return []
    report.show(f"image/*.pins are out of date: run image/pin and commit it.\n{checked.stderr}")
    subprocess.run([PIN, "build/pins"], check=True, capture_output=True)
    return ["--build-arg", "PINS=build/pins"]
