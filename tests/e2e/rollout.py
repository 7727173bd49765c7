"""Programs replaced as Kubernetes does it, but one after the other in their places."""

import time
from collections import namedtuple

import yaml

from harness import paths
from manifests.stopping import DRAIN

# Seconds.
Replaced = namedtuple("Replaced", "name stopping starting")


def pre_stop() -> float:
    """How long a pod that is no endpoint any more goes on serving before it is told to stop."""
    text = (paths.ROOT / "k8s" / "base" / "program.yaml").read_text(encoding="utf-8")
    [program] = yaml.safe_load(text)["spec"]["template"]["spec"]["containers"]
    return float(program["lifecycle"]["preStop"]["exec"]["command"][-1])


def replace(suite, name: str) -> Replaced:
    """Stops one replica and starts it anew; it is ready and an endpoint at the end.

    Only a gateway gets the time before: the addresses of services are in their callers' settings
    here, so that calls come to the last moment.
    """
    program = name.split("-")[0]
    if program == "gateway":
        suite.balancer.leave(name)
        time.sleep(pre_stop())  # the very thing that a pod does
    begun = time.monotonic()
    suite.program(name).stop(seconds=DRAIN[program])
    stopped = time.monotonic()
    suite.start_program(name)
    if program == "gateway":
        suite.balancer.enter(name)
    return Replaced(name, stopped - begun, time.monotonic() - stopped)


def line(replaced: Replaced) -> str:
    return (f"  {replaced.name:<14} stopped in {replaced.stopping:5.2f} s, "
            f"ready after {replaced.starting:5.2f} s")
