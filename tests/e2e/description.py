"""Our own description of the API, as the gateway serves it: operations, schemas and examples."""

import datetime
import functools
import json
import re
from dataclasses import dataclass

import jsonschema

from harness import paths

METHODS = ("get", "post", "patch", "put", "delete")
FILE = paths.preset_dir() / "gateway" / "description" / "openapi.json"
# What a schema may say beside an instance's fields.
PARTS = ("allOf", "anyOf")

_formats = jsonschema.FormatChecker(("date", "uuid"))


@_formats.checks("date-time")
def _is_time(value) -> bool:
    if not isinstance(value, str):
        return True
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value):
        return False
    return bool(datetime.datetime.strptime(value[:19], "%Y-%m-%dT%H:%M:%S"))


@functools.lru_cache(maxsize=None)
def description() -> dict:
    return json.loads(FILE.read_text(encoding="utf-8"))


def found(node: dict) -> dict:
    """What a $ref refers to, or the node itself."""
    if "$ref" not in node:
        return node
    part = description()
    for name in node["$ref"].removeprefix("#/").split("/"):
        part = part[name.replace("~1", "/").replace("~0", "~")]
    return found(part)


def violations(schema: dict, instance) -> list:
    """What of an instance is not as its schema says; [] when all is."""
    validator = jsonschema.Draft202012Validator(
        schema, resolver=jsonschema.RefResolver("", description()), format_checker=_formats)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
            for error in validator.iter_errors(instance)]


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    name: str
    method: str
    path: str
    parameters: tuple
    spec: dict

    @property
    def answers(self) -> dict:
        """Status -> what such an answer is like."""
        return {int(status): found(answer) for status, answer in self.spec["responses"].items()}

    @property
    def body(self) -> dict:
        """What it takes; {} for nothing."""
        return found(self.spec.get("requestBody", {}))

    @property
    def body_schema(self) -> dict:
        """Of a JSON body; None for others."""
        return self.body.get("content", {}).get("application/json", {}).get("schema")

    @property
    def examples(self) -> dict:
        """Name -> a JSON body."""
        content = self.body.get("content", {}).get("application/json", {})
        return {name: found(one)["value"] for name, one in content.get("examples", {}).items()}

    def security(self, scheme: str) -> list:
        """The scopes that it needs of a scheme; None where it has no use for it."""
        return next((one[scheme] for one in self.spec["security"] if scheme in one), None)

    @property
    def reads_json(self) -> bool:
        """Whether it looks at a JSON body itself, and does not only check a signature of it."""
        return self.body_schema is not None and self.body["required"] and 415 in self.answers


@functools.lru_cache(maxsize=None)
def operations() -> dict:
    """By name. Aliases are no operations of their own."""
    return {spec["operationId"]: Operation(
                spec["operationId"], method.upper(), path,
                tuple(map(found, item.get("parameters", []) + spec.get("parameters", []))), spec)
            for path, item in description()["paths"].items() if "$ref" not in item
            for method, spec in item.items() if method in METHODS}


def described_body(operation: Operation) -> dict:
    """Field -> schema of what a JSON body may have, what it shares with others included."""
    fields = {}
    schema = found(operation.body_schema)
    for part in (*map(found, schema.get("allOf", [])), schema):
        fields |= {name: found(field) for name, field in part.get("properties", {}).items()}
    return fields


def required_of_body(operation: Operation) -> list:
    """What a JSON body must have; of alternatives, what the first one must have."""
    schema = found(operation.body_schema)
    return schema.get("required", []) or schema.get("anyOf", [{}])[0].get("required", [])


def aliases() -> dict:
    """Address -> the address that it is another name of."""
    return {path: item["$ref"].rsplit("/", 1)[1].replace("~1", "/").replace("~0", "~")
            for path, item in description()["paths"].items() if "$ref" in item}


def shown_fields(schema: dict, instance, owner: str = "") -> set:
    """("Order", "paid_at") for every described field that an instance has, as deep as it goes."""
    owner = schema.get("$ref", owner).rsplit("/", 1)[-1]
    schema = found(schema)
    shown = set()
    for part in PARTS:
        for one in schema.get(part, []):
            if not violations(one, instance) or part == "allOf":
                shown |= shown_fields(one, instance, owner)
    if isinstance(instance, list) and "items" in schema:
        for item in instance:
            shown |= shown_fields(schema["items"], item, owner)
    if isinstance(instance, dict):
        for name in schema.get("properties", {}).keys() & instance.keys():
            shown.add((owner, name))
            shown |= shown_fields(schema["properties"][name], instance[name], f"{owner}.{name}")
    return shown


def described_fields(schema: dict, owner: str = "") -> set:
    """All that shown_fields can find in instances of a schema."""
    owner = schema.get("$ref", owner).rsplit("/", 1)[-1]
    schema = found(schema)
    described = set()
    for part in (*schema.get("allOf", []), *schema.get("anyOf", [])):
        described |= described_fields(part, owner)
    if "items" in schema:
        described |= described_fields(schema["items"], owner)
    for name, field in schema.get("properties", {}).items():
        described.add((owner, name))
        described |= described_fields(field, f"{owner}.{name}")
    return described


def examples() -> list:
    """(where, schema, value) for every example of the description."""
    all_of_them = []

    def look(node, where: str):
        if isinstance(node, list):
            for number, part in enumerate(node):
                look(part, f"{where}/{number}")
        if not isinstance(node, dict):
            return
        if isinstance(node.get("schema"), dict):
            if "example" in node:
                all_of_them.append((where, node["schema"], node["example"]))
            for name, one in node.get("examples", {}).items():
                all_of_them.append((f"{where}/{name}", node["schema"], found(one)["value"]))
        for name, part in node.items():
            look(part, f"{where}/{name}")

    look(description(), "")
    return all_of_them
