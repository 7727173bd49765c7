"""Every Secret that the manifests read is made, and the programs accept what is in it."""

import json
import re
import stat
import subprocess

import pytest

from manifests import limits, references, schema, variables
from manifests.render import K8S, containers, find, of_kind, render, workloads

GIVEN = {"stripe-secret-key": "sk_test_1", "stripe-webhook-secrets": "whsec_1,whsec_2",
         "lob-api-key": "test_1", "lob-webhook-secrets": "secret",
         "smtp-url": "smtp://user:password@mail.example.com:587",
         "backups-access-key-id": "id", "backups-secret-access-key": "key"}
# The certificate manager and the database's operator make these.
MADE_BY_OTHERS = {"postgres-ca"}


def run(directory, *arguments) -> subprocess.CompletedProcess:
    return subprocess.run([K8S / "make_secrets.py", directory, *arguments], check=False,
                          capture_output=True, text=True)


@pytest.fixture(name="directory")
def _directory(tmp_path):
    """With what only others can give."""
    directory = tmp_path / "secrets"
    directory.mkdir()
    for name, value in GIVEN.items():
        (directory / name).write_text(f"{value}\n", encoding="utf-8")
    return directory


@pytest.fixture(name="made")
def _made(directory) -> dict:
    """Name -> the data of the Secret."""
    items = json.loads(run(directory, "--init").stdout)["items"]
    assert schema.findings(items) == []
    return {item["metadata"]["name"]: item["stringData"] for item in items}


def test_what_the_vendors_have_not_given_is_asked_for(tmp_path):
    done = run(tmp_path / "new", "--init")
    assert done.returncode == 1
    assert not (tmp_path / "new").exists()
    assert done.stdout == ""
    for name in ("stripe-secret-key", "lob-webhook-secrets"):
        assert name in done.stderr


def test_what_was_made_up_stays_and_nobody_else_reads_it(directory):
    first = run(directory, "--init").stdout
    assert run(directory, "--init").stdout == first
    assert len(json.loads(first)["items"]) == 12
    assert run(directory).stdout == first
    for path in directory.iterdir():
        if path.name not in GIVEN:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_nothing_is_made_up_unasked(directory):
    done = run(directory)
    assert (done.returncode, done.stdout) == (1, "")
    for name in ("data-keys", "operators", "password-payment_rw"):
        assert name in done.stderr
    assert {path.name for path in directory.iterdir()} == set(GIVEN)


@pytest.mark.parametrize("name", ["data-keys", "operators", "password-fsft_owner"])
def test_a_file_that_was_lost_is_asked_for_and_not_replaced(directory, made, name):
    assert made
    (directory / name).unlink()
    done = run(directory)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"not in {directory}: {name}." in done.stderr
    assert not (directory / name).exists()


def test_every_secret_that_is_read_is_made(made):
    objects = render(K8S / "overlays" / "production")
    wanted = {name for _, template in workloads(objects)
              for name in references.secrets_of(template)}
    initdb = find(objects, "Cluster", "postgres")["spec"]["bootstrap"]["initdb"]
    wanted.add(initdb["secret"]["name"])
    issued = {thing["spec"]["secretName"] for thing in of_kind(objects, "Certificate")}
    assert wanted - issued - MADE_BY_OTHERS <= set(made)
    credentials = find(objects, "ObjectStore", "backups")["spec"]["configuration"]["s3Credentials"]
    assert {key["key"] for key in credentials.values()} == set(made["backups"])
    for _, template in workloads(objects):
        for container in containers(template):
            for variable in container.get("env", []):
                reference = variable.get("valueFrom", {}).get("secretKeyRef")
                assert reference is None or reference["key"] in made[reference["name"]]


def write_mounts(template: dict, made: dict, root):
    """The files that the pod would see below /etc/fsft."""
    volumes = {volume["name"]: volume for volume in template["spec"]["volumes"]}
    for mount in template["spec"]["containers"][0]["volumeMounts"]:
        volume = volumes[mount["name"]]
        sources = volume.get("projected", {}).get("sources", [])
        names = [source["secret"]["name"] for source in sources]
        names += [volume["secret"]["secretName"]] if "secret" in volume else []
        for name in names:
            directory = root / mount["mountPath"].lstrip("/")
            directory.mkdir(parents=True, exist_ok=True)
            for key, value in made.get(name, {}).items():
                (directory / key).write_text(value, encoding="utf-8")


@pytest.mark.parametrize("program", variables.PROGRAMS)
def test_the_programs_accept_them(program, made, tmp_path):
    objects = render(K8S / "overlays" / "production")
    deployment = find(objects, "Deployment", program)
    write_mounts(deployment["spec"]["template"], made, tmp_path)
    (tmp_path / "var/lib/fsft").mkdir(parents=True)
    settings = {name: "127.0.0.1:0" if name.endswith("_ADDRESS") else
                re.sub("^/(?=(etc|var/lib)/fsft)", f"{tmp_path}/", value)
                for name, value in limits.settings(objects, deployment).items()}
    done = variables.run(program, **settings)
    # Certificates are what it lacks yet, and all that it does.
    assert done.returncode == 1, done.stderr
    assert "tls/ca.crt cannot be used" in done.stderr


def test_the_roles_get_the_passwords_of_the_urls(made):
    for role, name in (("fsft_owner", "owner"), ("payment_rw", "payment")):
        password = made[f"{name}-database"]["url"].partition(f"{role}:")[2].partition("@")[0]
        assert len(password) == 48
        assert f"\\set {name}_password '{password}'\n" in made["database-roles"]["variables"]
    assert made["owner-credentials"]["password"] in made["owner-database"]["url"]


def test_another_database_can_be_named(directory):
    done = run(directory, "--init", "--database", "db.example.com:6432")
    items = json.loads(done.stdout)["items"]
    assert "@db.example.com:6432/fightsftickets?sslmode=verify-full" in str(items)
    [owner] = [item["stringData"] for item in items if item["metadata"]["name"] == "owner-database"]
    assert (owner["host"], owner["port"]) == ("db.example.com", "6432")
