"""The table of shared/metrics/README.md."""

import re
from dataclasses import dataclass

from harness import paths

TABLE = paths.ROOT / "shared" / "metrics" / "README.md"
PROGRAMS = {"all": ("intake", "payment", "fulfillment", "gateway"),
            "services": ("intake", "payment", "fulfillment")}
ROW = re.compile(r"^\| `(?P<name>[^`]+)` \| (?P<kind>\w+) \|(?P<labels>[^|]*)\| "
                 r"(?P<programs>[^|]+) \| (?P<meaning>[^|]+) \|$")
LABEL = re.compile(r"`(\w+)`(?: \(([^)]*)\))?")


@dataclass(frozen=True)
class Metric:
    """One row. labels: name -> the set of its values, or None where the table lists none."""
    name: str
    kind: str
    labels: dict
    programs: tuple
    meaning: str


def table() -> list:
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines()
            if line.startswith("| `")]
    matches = [ROW.match(row) for row in rows]
    unreadable = [row for row, match in zip(rows, matches) if not match]
    assert rows and not unreadable, unreadable
    return [Metric(match["name"], match["kind"],
                   {label: set(values.split()) if values else None
                    for label, values in LABEL.findall(match["labels"])},
                   tuple(program for word in match["programs"].split()
                         for program in PROGRAMS.get(word, (word,))),
                   match["meaning"].strip())
            for match in matches]
