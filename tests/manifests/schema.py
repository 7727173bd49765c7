"""Is every field one that the API has? `kubectl apply` lets misspelt ones pass, or drops them."""

import json
from functools import lru_cache

import jsonschema

from manifests import shapes
from manifests.render import name_of, tool

# Whatever the schema of a number that may be written in two ways says, these are what it takes.
_INT_OR_STRING = {"type": ["integer", "string"]}
_QUANTITY = {"type": ["number", "string"]}


@lru_cache(maxsize=None)
def _kubernetes() -> dict:
    """Kubernetes' own description, with nothing allowed that it does not name."""
    document = json.loads(tool("swagger.json").read_text(encoding="utf-8"))
    for name, definition in document["definitions"].items():
        if definition.get("format") == "int-or-string":
            document["definitions"][name] = _INT_OR_STRING
        elif name.endswith("api.resource.Quantity"):
            document["definitions"][name] = _QUANTITY
        elif "properties" in definition:
            definition.setdefault("additionalProperties", False)
    return document


@lru_cache(maxsize=None)
def _by_kind() -> dict:
    """apiVersion/kind -> schema of the object."""
    found = shapes.schemas()
    for name, definition in _kubernetes()["definitions"].items():
        for kind in definition.get("x-kubernetes-group-version-kind", []):
            version = "/".join(part for part in (kind["group"], kind["version"]) if part)
            found.setdefault(f"{version}/{kind['kind']}", {"$ref": f"#/definitions/{name}"})
    return found


@lru_cache(maxsize=None)
def _validator(kind: str) -> jsonschema.Draft4Validator:
    resolver = jsonschema.RefResolver("", _kubernetes())
    return jsonschema.Draft4Validator(_by_kind()[kind], resolver=resolver)


def findings(objects: list) -> list:
    """What is wrong, a line each."""
    found = []
    for thing in objects:
        kind = f"{thing.get('apiVersion')}/{thing.get('kind')}"
        if kind not in _by_kind():
            found.append(f"{name_of(thing)}: nobody knows the kind {kind}")
            continue
        found += [f"{name_of(thing)}: {'.'.join(map(str, error.absolute_path))}: {error.message}"
                  for error in _validator(kind).iter_errors(thing)]
    return found
