"""Where things are in the source tree and in the build tree."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
SCHEMA = ROOT / "schema"
# The cities that every migrated database has, and the code of the program that loads them.
CITIES = SCHEMA / "registry" / "cities.json"
LOADER = ROOT / "services" / "intake" / "registry"


def preset_dir() -> Path:
    """The build tree under test; ctest sets HARNESS_BUILD_DIR so that each preset tests its own."""
    return Path(os.environ.get("HARNESS_BUILD_DIR", BUILD / "dev"))


def binary(name: str) -> Path:
    """The program `name` of the build tree under test."""
    path = preset_dir() / "bin" / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not built; run `make build`")
    return path
