"""Strict JSON schemas of the kinds in shapes.yaml."""

from pathlib import Path

import yaml

_TYPES = ("string", "integer", "boolean")


def schemas() -> dict:
    """apiVersion/kind -> schema of the whole object."""
    text = Path(__file__).with_name("shapes.yaml").read_text(encoding="utf-8")
    return {kind: _object({"apiVersion!": "string", "kind!": "string", "spec!": shape,
                           "metadata!": {"name!": "string", "namespace": "string",
                                         "labels": {"*": "string"},
                                         "annotations": {"*": "string"}}})
            for kind, shape in yaml.safe_load(text).items()}


def _schema(shape) -> dict:
    if isinstance(shape, list):
        return {"type": "array", "items": _schema(shape[0])}
    if isinstance(shape, dict):
        return _object(shape)
    if shape in _TYPES:
        return {"type": shape}
    return {"enum": shape.split("|")}


def _object(shape: dict) -> dict:
    if "*" in shape:
        return {"type": "object", "additionalProperties": _schema(shape["*"])}
    return {"type": "object", "additionalProperties": False,
            "properties": {name.rstrip("!"): _schema(value) for name, value in shape.items()},
            "required": [name.rstrip("!") for name in shape if name.endswith("!")]}
