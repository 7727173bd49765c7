"""`make mutants`: a table of all mutants and what became of them; fails if one lives."""

import sys
import time

from mutants.catalogue import MUTANTS
from mutants.workshop import BuildError, Workshop


def chosen(names: list) -> list:
    """All mutants, or those whose names contain one of the given words."""
    return [mutant for mutant in MUTANTS
            if not names or any(name in mutant.name for name in names)]


def verdict(workshop: Workshop, mutant) -> str:
    try:
        return "noticed" if workshop.notices(mutant) else "NOT NOTICED"
    except (LookupError, BuildError) as error:
        print(error, file=sys.stderr)
        return "NOT MADE"


def main(names: list) -> int:
    mutants = chosen(names)
    started = time.monotonic()
    bad = 0
    with Workshop() as workshop:
        workshop.build(*sorted({mutant.program for mutant in mutants}))
        for mutant in mutants:
            if not workshop.passes(mutant.program, mutant.test):
                print(f"{mutant.test} fails without any mutant", file=sys.stderr)
                return 1
        for mutant in sorted(mutants, key=lambda mutant: mutant.program):
            found = verdict(workshop, mutant)
            bad += found != "noticed"
            print(f"{found:12} {mutant.name:60} {mutant.test}", flush=True)
    seconds = time.monotonic() - started
    print(f"{len(mutants) - bad} of {len(mutants)} mutants noticed in {seconds:.0f} s")
    return 1 if bad or not mutants else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
