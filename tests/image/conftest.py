"""The images, made as the README says, for what is asked of them here."""

import hashlib
import os
import re
import subprocess
from pathlib import Path

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
        _tidy_up(storage)
        _make_base(storage)
        _must_run(storage)
    except Unable as reason:
        report.show(f"SKIPPED: the images are not built and tried here: {reason}")
        pytest.skip(str(reason))
    storage.make("image", [*_pins(), *_compiled_already()])
    return storage


def _tidy_up(storage: Storage):
    """Away with what killed builds have left, and with layers that are no longer of use."""
    storage.buildah("rm", "--all")
    storage.podman("image", "prune", "--force", "--filter", "until=72h")


def _make_base(storage: Storage):
    """Once for each version of what makes it."""
    script = paths.ROOT / "image" / "base"
    made = f"localhost/base:{hashlib.sha256(script.read_bytes()).hexdigest()[:16]}"
    if not storage.has(made):
        storage.run([script, *storage.options])
        storage.buildah("tag", BASE, made)


def _compiled_already() -> list:
    """With the preset under test, and so with what ccache remembers of this build tree."""
    remembered = subprocess.run(["ccache", "--get-config=cache_dir"], check=True,
                                capture_output=True, text=True).stdout.strip()
    Path(remembered).mkdir(parents=True, exist_ok=True)
    return ["--build-arg", f"PRESET={paths.preset_dir().name}",
            "--build-arg", f"LANG={os.environ.get('LANG', '')}",
            "--volume", f"{remembered}:/root/.cache/ccache"]


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
