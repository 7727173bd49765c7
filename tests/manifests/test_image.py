"""The images are built of what is written down, and say what they are made of."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from manifests.render import ROOT

PINS = {name: (ROOT / "image" / f"{name}.pins").read_text(encoding="utf-8").split()
        for name in ("run", "migrate", "build")}
STATUS = """Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc
Version: 2.36-9+deb12u14
Description: GNU C Library
 Package: not a field

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: libgrpc++1.51
Status: install ok installed
Architecture: amd64
Source: grpc (1.51.1-3)
Version: 1.51.1-3+b1
"""


def group(path: Path, name: str) -> set:
    """The packages of a group of such a file."""
    text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
    parts = re.split(r"^\[(\w+)\]", text, flags=re.M)
    return {package for title, body in zip(parts[1::2], parts[2::2]) if title == name
            for package in body.split()}


def bill(status: str, tmp_path) -> dict:
    (tmp_path / "status").write_text(status, encoding="utf-8")
    done = subprocess.run(["/usr/bin/python3", ROOT / "image" / "sbom.py", "name", "1.2",
                           tmp_path / "status"], check=True, capture_output=True, text=True,
                          env={"SOURCE_DATE_EPOCH": "0"})
    return json.loads(done.stdout)


@pytest.mark.parametrize("name, path, groups", [
    ("build", ".ci/packages", ["build"]), ("run", "image/packages", ["run", "letters"]),
    ("migrate", "image/packages", ["run", "migrate"])])
def test_every_package_has_a_version(name, path, groups):
    pinned = {pin.partition("=")[0] for pin in PINS[name]}
    wanted = {package for each in groups for package in group(ROOT / path, each)}
    assert wanted and wanted - pinned == set(), "run image/pin"
    assert all(re.fullmatch(r"[a-z0-9.+-]+=\S+", pin) for pin in PINS[name])


def test_both_images_have_the_same_libraries():
    run, migrate = (dict(pin.split("=", 1) for pin in PINS[name]) for name in ("run", "migrate"))
    shared = run.keys() & migrate.keys()
    assert group(ROOT / "image" / "packages", "run") <= shared
    assert {name for name in shared if run[name] != migrate[name]} == set()


def test_the_bill_of_materials_has_what_is_installed_and_what_is_compiled_in(tmp_path):
    document = bill(STATUS, tmp_path)
    assert [(package["name"], package["versionInfo"]) for package in document["packages"]] == [
        ("name", "1.2"), ("cpp-httplib", httplib_version()), ("libc6", "2.36-9+deb12u14"),
        ("libgrpc++1.51", "1.51.1-3+b1")]
    [libc] = [package for package in document["packages"] if package["name"] == "libc6"]
    assert libc["sourceInfo"] == "built from glibc"
    assert libc["externalRefs"][0]["referenceLocator"] == (
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=bookworm")


def test_the_bill_of_materials_is_the_same_for_the_same_image(tmp_path):
    document = bill(STATUS, tmp_path)
    assert bill(STATUS, tmp_path) == document
    assert document["creationInfo"]["created"] == "1970-01-01T00:00:00Z"
    assert bill(STATUS + "\n", tmp_path)["documentNamespace"] == document["documentNamespace"]
    assert bill("", tmp_path)["documentNamespace"] != document["documentNamespace"]


def test_every_thing_in_the_bill_has_a_name_of_its_own(tmp_path):
    document = bill(Path("/var/lib/dpkg/status").read_text(encoding="utf-8"), tmp_path)
    names = [package["SPDXID"] for package in document["packages"]]
    assert len(names) > 100
    assert len(names) == len(set(names))
    assert {relation["relatedSpdxElement"] for relation in document["relationships"]} == set(names)


def httplib_version() -> str:
    text = (ROOT / "shared" / "httplib" / "CMakeLists.txt").read_text(encoding="utf-8")
    return re.search(r"FSFT_HTTPLIB_VERSION (\S+)\)", text)[1]


def test_the_images_run_as_somebody_who_is_not_root_and_without_a_shell():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    stages = {re.search(r"AS (\w[\w-]*)", stage)[1]: stage
              for stage in re.split(r"^FROM ", text, flags=re.M)[1:]}
    for name in ("programs", "migrate"):
        assert re.findall(r"^USER (.*)$", stages[name], re.M) == ["65532:65532"]
        assert re.search(r'^CMD \["/usr/', stages[name], re.M)
        assert not re.search(r"^(RUN|ENTRYPOINT|ADD)\b", stages[name], re.M)
