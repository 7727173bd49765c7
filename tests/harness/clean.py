"""`make clean`, the part that `rm` cannot do: PostgreSQL's directories may be links to /tmp, and
where images are something may be mounted.
"""

import subprocess
from pathlib import Path

from harness import paths, place

IMAGES = paths.BUILD / "image"


def mounted_below(directory: Path) -> list:
    """Mount points, the innermost first."""
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    return sorted((line.split()[1] for line in lines
                   if line.split()[1].startswith(f"{directory}/")), reverse=True)


if __name__ == "__main__":
    for point in mounted_below(IMAGES):
        subprocess.run(["umount", point], check=True)
    # Not below the images: their links lead out of them.
    for entry in [entry for entry in paths.BUILD.glob("*") if entry != IMAGES]:
        for link in [path for path in [entry, *entry.rglob("*")] if path.is_symlink()]:
            if link.name in ("postgres", "test-cluster", "postgres-template"):
                place.remove(link)
