"""The programs agree with the runbook and with the manifests about what can be set."""

import re

import pytest

from manifests import limits, variables
from manifests.render import K8S, OVERLAYS, find, render


def test_the_runbook_has_every_variable_as_the_programs_know_it():
    assert variables.written() == variables.table(), (
        "run: cd tests && python3 -m manifests.variables")


def test_every_program_knows_the_same_variables():
    assert len({variables.help_of(program) for program in variables.PROGRAMS}) == 1


def mounted(deployment: dict) -> list:
    """Where the pod finds files of secrets."""
    [program] = deployment["spec"]["template"]["spec"]["containers"]
    return [mount["mountPath"] for mount in program["volumeMounts"]]


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("program", variables.PROGRAMS)
def test_a_program_starts_with_what_the_manifests_set_but_for_its_secrets(overlay, program):
    """Here there are no files of secrets, and that is all that it complains of."""
    objects = render(K8S / "overlays" / overlay)
    deployment = find(objects, "Deployment", program)
    settings = limits.settings(objects, deployment)
    free_ports = {name: "127.0.0.1:0" for name in settings if name.endswith("_ADDRESS")}
    done = variables.run(program, **{**settings, **free_ports})
    complaints = [line for line in done.stderr.splitlines()[1:] if line.startswith("FSFT_")]
    if program == "gateway":  # which has no secret that it reads at once
        assert (done.returncode, complaints) == (1, [])
        assert "/etc/fsft/tls/ca.crt cannot be used" in done.stderr
        return
    assert done.returncode == 2
    missing = {re.match(r"(FSFT_\w+)_FILE: .*No such file", line)[1] for line in complaints}
    assert missing == {name.removesuffix("_FILE") for name, value in settings.items()
                       if name.endswith("_FILE") and value and secret(name.removesuffix("_FILE"))}


def secret(name: str) -> bool:
    return re.search(rf"^  {name} .*\(secret\)$", variables.help_of("gateway"), re.M) is not None


@pytest.mark.parametrize("program", variables.PROGRAMS)
def test_files_that_are_set_are_on_volumes(program):
    objects = render(K8S / "overlays" / "production")
    deployment = find(objects, "Deployment", program)
    paths = [value for name, value in limits.settings(objects, deployment).items()
             if name.endswith(("_FILE", "_DIR")) and value]
    assert paths
    for path in paths:
        assert any(f"{path}/".startswith(f"{mount}/") for mount in mounted(deployment)), path
