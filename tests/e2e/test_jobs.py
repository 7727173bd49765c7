"""The jobs of the manifests, as written there, make of an empty database what programs need."""

import json
import os
import re
import shutil
import subprocess

import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from harness import paths, template
from manifests.render import K8S, containers, find, of_kind, pod_template, render

DATABASE = "from_jobs"


@pytest.fixture(scope="module", name="objects")
def _objects():
    return render(K8S / "overlays" / "production")


@pytest.fixture(scope="module", name="url")
def _url(cluster):
    """An empty database of the owner's, with an option in its URL as in make_secrets.py."""
    cluster.execute(f"CREATE DATABASE {DATABASE} OWNER fsft_owner")
    return cluster.url("fsft_owner", DATABASE) + "?sslmode=prefer&application_name=job"


def here(text: str) -> str:
    """A path in the image, where it lies in this tree."""
    return text.replace("/usr/local/bin/", f"{paths.preset_dir()}/bin/").replace(
        "/schema", str(paths.SCHEMA))


def secret_value(variable: dict, url: str) -> str:
    """What the Secret owner-database has under that key."""
    reference = variable["valueFrom"]["secretKeyRef"]
    assert reference["name"] == "owner-database"
    return {"password": "", **parse_dsn(url), "url": url}[reference["key"]]


def started(container: dict, url: str, tmp_path) -> subprocess.Popen:
    """The container's program, with its environment and no more."""
    secret = tmp_path / "url"
    secret.write_text(url, encoding="utf-8")
    # What the image sets.
    environment = {"PATH": os.environ["PATH"], "TZ": "UTC", "LANG": "C.UTF-8",
                   "HOME": str(tmp_path)}
    for variable in container["env"]:
        value = secret_value(variable, url) if "valueFrom" in variable else variable["value"]
        for name, known in environment.items():
            value = value.replace(f"$({name})", known)
        environment[variable["name"]] = value.replace("/etc/fsft/database/url", str(secret))
    # Here the server is of another name, and has no certificate.
    environment |= {name: value for name, value in {
        "PGSSLMODE": "prefer", "PGDATABASE": DATABASE}.items() if name in environment}
    command = [here(word) for word in container["command"]]
    return subprocess.Popen(command, cwd=here(container.get("workingDir", "/")), env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def run_container(container: dict, url: str, tmp_path) -> tuple:
    """The exit status, and what it said."""
    with started(container, url, tmp_path) as process:
        output = process.stdout.read()
    return process.returncode, output


def run(thing: dict, url: str, tmp_path) -> str:
    """What the job's program says, which must succeed."""
    [container] = pod_template(thing)["spec"]["containers"]
    status, output = run_container(container, url, tmp_path)
    assert status == 0, output
    return output


def deployed(output: str) -> list:
    """The changes that sqitch says it has deployed."""
    return re.findall(r"^  \+ (\S+) \.", output, re.M)


def test_the_jobs_migrate_and_load_the_cities_and_may_be_repeated(cluster, objects, url, tmp_path):
    assert deployed(run(find(objects, "Job", "migrate"), url, tmp_path)) == (
        template.schema_changes())
    assert "us-ca-san_francisco" in run(find(objects, "Job", "cities"), url, tmp_path)
    run(find(objects, "CronJob", "partitions"), url, tmp_path)
    assert deployed(run(find(objects, "Job", "migrate"), url, tmp_path)) == []
    assert "nothing has changed" in run(find(objects, "Job", "cities"), url, tmp_path)
    assert cluster.query("SELECT count(*) > 0 FROM intake.cities", database=DATABASE) == [(True,)]


def test_migrating_waits_for_the_database(objects, url, tmp_path):
    [gate] = pod_template(find(objects, "Job", "migrate"))["spec"]["initContainers"]
    # The image's user has no name, and pg_isready answers "no attempt" where it is told none.
    assert "PGUSER" in {variable["name"] for variable in gate["env"]}
    assert run_container(gate, url, tmp_path)[0] == 0
    # Where nobody listens it asks again, until it is told to stop.
    nowhere = url.replace(f":{parse_dsn(url)['port']}/", ":1/")
    with started(gate, nowhere, tmp_path) as process:
        assert "no response" in process.stdout.readline()
        assert "no response" in process.stdout.readline()
        process.terminate()
    assert process.returncode == 1


def test_a_plan_that_is_older_than_the_database_is_refused(cluster, objects, url, tmp_path):
    """So who goes back to an older version leaves its jobs out, as the runbook says."""
    run(find(objects, "Job", "migrate"), url, tmp_path)
    older = tmp_path / "older"
    shutil.copytree(paths.SCHEMA, older)
    plan = older / "sqitch.plan"
    lines = plan.read_text(encoding="utf-8").rstrip().splitlines(keepends=True)
    plan.write_text("".join(lines[:-1]), encoding="utf-8")
    [container] = pod_template(find(objects, "Job", "migrate"))["spec"]["containers"]
    status, output = run_container({**container, "workingDir": str(older)}, url, tmp_path)
    assert status != 0
    assert "Cannot find" in output


def test_no_password_is_among_a_programs_arguments(objects):
    for thing in of_kind(objects, "Job", "CronJob", "Deployment"):
        for container in containers(pod_template(thing)):
            assert "$(" not in " ".join(container["command"]), container["name"]


def test_the_roles_script_takes_its_passwords_from_the_secret(cluster, tmp_path):
    for name in ("stripe-secret-key", "stripe-webhook-secrets", "lob-api-key",
                 "lob-webhook-secrets"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    made = json.loads(subprocess.run([K8S / "make_secrets.py", tmp_path, "--init"],
                                     check=True, capture_output=True, text=True).stdout)["items"]
    data = {item["metadata"]["name"]: item["stringData"] for item in made}
    # As the runbook pipes it into psql.
    script = data["database-roles"]["variables"] + (paths.SCHEMA / "roles.sql").read_text(
        encoding="utf-8")
    subprocess.run(["psql", "--no-psqlrc", "--quiet", cluster.url("postgres", "postgres")],
                   input=script, check=True, text=True)
    for name in ("owner", "intake", "payment", "fulfillment"):
        address = f"@127.0.0.1:{cluster.port}/{template.DATABASE}"
        url = data[f"{name}-database"]["url"].partition("@")[0] + address
        psycopg2.connect(url).close()
