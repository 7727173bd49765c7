"""The programs' own SQL, as scripts for pgbench."""

import re
import subprocess

from harness import paths

PREPARED = re.compile(r'PREPARE "(?P<name>[^"]+)" AS /\* (?P<parameters>.*?) \*/(?P<sql>.*?);\n\n',
                      re.DOTALL)


class Statements:
    """What --print-statements prints, by name."""

    def __init__(self, *programs: str):
        self._known = {}
        for program in programs:
            printed = subprocess.run([paths.binary(program), "--print-statements"], check=True,
                                     capture_output=True, text=True).stdout
            for found in PREPARED.finditer(printed):
                self._known[found["name"]] = (found["sql"].strip(), found["parameters"].split(", "))

    def script(self, name: str, **values: str) -> str:
        """The statement with an SQL expression in the place of each parameter.

        KeyError: a parameter has no value; ValueError: a value has no parameter.
        """
        sql, parameters = self._known[name]
        if spare := values.keys() - set(parameters):
            raise ValueError(f"{name} has no {spare}")
        return re.sub(r"\$(\d+)", lambda number: values[parameters[int(number[1]) - 1]], sql)
