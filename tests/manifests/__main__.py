"""`make lint-k8s`: renders every overlay and prints what is wrong with it."""

import sys

from manifests import limits, network, pods, references, schema, wiring
from manifests.render import K8S, OVERLAYS, render

CHECKS = (schema, pods, references, wiring, network, limits)


def findings(objects: list) -> list:
    # What does not fit its schema is not looked at further: the other checks rely on it.
    return schema.findings(objects) or [line for check in CHECKS[1:]
                                        for line in check.findings(objects)]


def main() -> int:
    bad = 0
    for overlay in OVERLAYS:
        objects = render(K8S / "overlays" / overlay)
        lines = findings(objects)
        bad += len(lines)
        for line in lines:
            print(f"{overlay}: {line}")
        print(f"{overlay}: {len(objects)} objects, {len(lines)} findings; connections "
              f"{limits.connections(objects)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
