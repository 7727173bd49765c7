"""`make clean`, the part that `rm` cannot do: PostgreSQL's directories may be links to /tmp."""

from harness import paths, place

if __name__ == "__main__":
    for link in [path for path in paths.BUILD.rglob("*") if path.is_symlink()]:
        if link.name in ("postgres", "test-cluster", "postgres-template"):
            place.remove(link)
