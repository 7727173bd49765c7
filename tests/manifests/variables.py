"""The runbook's table of variables, made of what the programs say of themselves.

`python3 -m manifests.variables` writes it into k8s/README.md; the test next to this file compares.
"""

import os
import re
import subprocess
import sys

from harness import paths
from manifests.render import K8S

PROGRAMS = ("gateway", "intake", "payment", "fulfillment")
BEGIN, END = "<!-- variables: begin -->", "<!-- variables: end -->"
_RUNBOOK = K8S / "README.md"


def run(program: str, *arguments, **environment) -> subprocess.CompletedProcess:
    return subprocess.run([paths.binary(program), *arguments], check=False, capture_output=True,
                          text=True, env={"PATH": os.environ["PATH"], **environment})


def required_by(program: str) -> set:
    """What it misses when nothing is set."""
    done = run(program)
    assert done.returncode == 2, done.stderr
    return set(re.findall(r"^(FSFT_\w+): is required", done.stderr, re.M))


def help_of(program: str) -> str:
    """What --help says, without the line that names the program."""
    return run(program, "--help").stdout.partition("\n")[2]


def table() -> str:
    """All variables by group, as Markdown."""
    needed = {program: required_by(program) for program in PROGRAMS}
    lines, heading = [], "| variable | default | meaning | needed by |\n|---|---|---|---|"
    for line in help_of(PROGRAMS[0]).splitlines():
        variable = re.match(r"  (FSFT_\w+) +(.*?)( \[(.*)\])?( \((secret)\))?$", line)
        if variable:
            name, meaning, _, default, _, secret = variable.groups()
            by = [program for program in PROGRAMS if name in needed[program]]
            lines.append(f"| `{name}` | {f'`{default}`' if default else ''} | {meaning}"
                         f"{'; a secret' if secret else ''} | {', '.join(by)} |")
        elif lines or line.endswith("programs"):
            lines += [f"\n**{line}**\n\n{heading}"] if line else []
    return "\n".join(lines).strip()


def written() -> str:
    """The table in the runbook."""
    text = _RUNBOOK.read_text(encoding="utf-8")
    return text.partition(BEGIN)[2].partition(END)[0].strip()


def main() -> int:
    text = _RUNBOOK.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _RUNBOOK.write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}",
                        encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
