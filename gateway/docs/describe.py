"""Makes /openapi.json and /docs of gateway/openapi.yaml, for the build.

describe.py openapi.yaml DIRECTORY: writes openapi.json and docs.html there.
"""

import json
import sys
from pathlib import Path

import yaml

from page import page_of


def loaded(path: Path) -> dict:
    """The description as it is written. Dates stay text, as JSON has them."""
    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers
                if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)


def alias_of(path: str) -> str:
    """The same address as old clients have it; empty where there is none. As gateway/router.cc."""
    has_one = path.startswith("/api/") and not path.startswith("/api/admin/")
    return path[len("/api"):] if has_one else ""


def pointer(path: str) -> str:
    return "#/paths/" + path.replace("~", "~0").replace("/", "~1")


def with_aliases(description: dict) -> dict:
    """The description with every address that answers; an alias refers to what it is one of."""
    paths = dict(description["paths"])
    for path in description["paths"]:
        if alias := alias_of(path):
            paths[alias] = {"$ref": pointer(path)}
    return {**description, "paths": paths}


def main(source: Path, directory: Path):
    description = loaded(source)
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(with_aliases(description), ensure_ascii=False, separators=(",", ":"))
    (directory / "openapi.json").write_text(text, encoding="utf-8")
    (directory / "docs.html").write_text(page_of(description, alias_of), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
