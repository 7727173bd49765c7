"""What a mutant is: a small wrong change, and the test that is there to notice it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """In `file`, each first text of `changes`, which is there once, becomes the second. `program`
    is the test program and `test` the one test in it, as GoogleTest names it.
    """

    name: str
    program: str
    test: str
    file: str
    changes: tuple

    def apply(self, tree: Path) -> str:
        """Changes the file; returns what was in it. A text that is not there once is an error."""
        path = tree / self.file
        before = after = path.read_text(encoding="utf-8")
        for old, new in self.changes:
            found = after.count(old)
            if found != 1:
                raise LookupError(f"{self.name}: {self.file} has this text {found} times:\n{old}")
            after = after.replace(old, new)
        path.write_text(after, encoding="utf-8")
        return before

    def undo(self, tree: Path, before: str):
        (tree / self.file).write_text(before, encoding="utf-8")
