"""What is in the images, and what is not."""

import json
import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from harness import paths, report
from image.storage import LIMITS
from manifests.render import K8S, containers, render, workloads

IMAGES = {"fightsftickets": "run", "fightsftickets-migrate": "migrate"}
# Megabytes; nine tenths of it are fonts and libraries. A new package should be noticed.
MOST = {"fightsftickets": 420, "fightsftickets-migrate": 280}


@pytest.fixture(scope="module", name="image", params=IMAGES)
def _image(request, storage, version):
    """The name of one of the two."""
    return request.param


@pytest.fixture(scope="module", name="reference")
def _reference(image, version) -> str:
    return f"localhost/{image}:{version}"


@pytest.fixture(scope="module", name="root")
def _root(storage, reference):
    """The directory that its files are in."""
    yield Path(storage.podman("image", "mount", reference).strip())
    storage.podman("image", "unmount", reference)


def run(storage, reference, *command) -> str:
    """What a command says in it, as bare as our pods."""
    return storage.podman("run", "--rm", "--network=none", *LIMITS, "--read-only",
                          "--read-only-tmpfs=false", "--cap-drop=all",
                          "--security-opt=no-new-privileges", reference, *command)


def files(root: Path):
    """Pairs (path, status) of everything in it."""
    for directory, names, others in os.walk(root):
        for name in [*names, *others]:
            path = Path(directory) / name
            yield path, path.lstat()


def status_of(storage, reference) -> str:
    return run(storage, reference, "/bin/cat", "/proc/self/status")


def test_it_runs_as_nobody_in_particular_and_says_its_version(storage, reference, version):
    [about] = json.loads(storage.podman("image", "inspect", reference))
    assert about["User"] == "65532:65532"
    assert about["Labels"]["org.opencontainers.image.version"] == version
    assert re.search(r"^Uid:\t65532\t65532\t65532\t65532$", status_of(storage, reference), re.M)


def test_nobody_becomes_somebody_else_or_changes_a_program(root):
    found = list(files(root))
    assert len(found) > 1000
    modes = {path: status.st_mode for path, status in found}
    assert [path for path, mode in modes.items()
            if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID)] == []
    assert [path for path, status in found if status.st_uid == 65532] == []
    assert [path for path, mode in modes.items() if mode & stat.S_IWOTH
            and not mode & stat.S_ISVTX and not stat.S_ISLNK(mode)] == []


def test_every_program_finds_its_libraries(storage, reference, root):
    programs = sorted(path.name for path in (root / "usr/local/bin").iterdir())
    assert "await_schema" in programs
    for program in programs:
        said = run(storage, reference, "/lib64/ld-linux-x86-64.so.2", "--list",
                   f"/usr/local/bin/{program}")
        assert "libc.so.6 => " in said
        assert "not found" not in said


def test_every_command_of_the_manifests_is_there(image, root):
    wanted = set()
    for _, template in workloads(render(K8S / "overlays" / "production")):
        for container in containers(template):
            if container["image"].rpartition("/")[2].partition(":")[0] == image:
                pause = container.get("lifecycle", {}).get("preStop", {}).get("exec", {})
                wanted |= {container["command"][0], *pause.get("command", [])[:1]}
    assert len(wanted) > 2
    assert [command for command in wanted
            if not os.access(root / command.lstrip("/"), os.X_OK)] == []


def test_the_packages_are_those_of_the_pins_and_of_the_bill(image, root):
    shown = subprocess.run(["dpkg-query", f"--admindir={root}/var/lib/dpkg", "--show",
                            "--showformat=${db:Status-Status} ${Package}=${Version}\n"],
                           check=True, capture_output=True, text=True).stdout.splitlines()
    installed = {line.partition(" ")[2] for line in shown if line.startswith("installed ")}
    pins = paths.ROOT / "image" / f"{IMAGES[image]}.pins"
    fresh = paths.BUILD / "pins" / pins.name
    assert installed in [set(path.read_text(encoding="utf-8").split())
                         for path in (pins, fresh) if path.exists()]
    bill = json.loads((root / "usr/share/fightsftickets/sbom.spdx.json").read_text(
        encoding="utf-8"))
    named = {f"{package['name']}={package['versionInfo']}" for package in bill["packages"]}
    assert {re.sub("=.*", "", name) for name in named - installed} == {image, "cpp-httplib"}
    assert installed <= named


def test_fonts_need_no_looking_at_when_a_program_starts(storage, version):
    reference = f"localhost/fightsftickets:{version}"
    said = run(storage, reference, "/usr/bin/fc-cache", "--verbose", "--system-only")
    counted = dict(re.findall(r"^(/\S+): skipping, existing cache is valid: (\d+) fonts", said,
                              re.M))
    # Those of the letters (services/fulfillment/letter/fonts.cc).
    for directory in ("/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto"):
        assert int(counted[directory]) > 20
    assert "new cache" not in said
    faces = run(storage, reference, "/usr/bin/fc-match", "Noto Serif CJK SC:lang=zh-cn")
    assert faces.startswith("NotoSerifCJK-Regular.ttc")


def test_it_is_small_and_says_how_small(storage, image, reference):
    [about] = json.loads(storage.podman("image", "inspect", reference))
    megabytes = about["Size"] / 1e6
    report.show(f"image {image}: {megabytes:.0f} MB, compressed "
                f"{compressed(storage, reference) / 1e6:.0f} MB")
    assert megabytes < MOST[image]


def compressed(storage, reference) -> int:
    """What a registry would keep and a node pull."""
    archive = subprocess.Popen([*storage.podman_command(), "image", "save", reference],
                               stdout=subprocess.PIPE, env=storage.environment)
    zipped = subprocess.Popen(["gzip"], stdin=archive.stdout, stdout=subprocess.PIPE)
    size = sum(map(len, iter(lambda: zipped.stdout.read(1 << 20), b"")))
    assert (archive.wait(), zipped.wait()) == (0, 0)
    return size
