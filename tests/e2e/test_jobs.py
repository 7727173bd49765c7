"""The jobs of the manifests, as written there, make of an empty database what programs need."""

import json
import os
import re
import subprocess

import psycopg2
import pytest

from harness import paths, template
from manifests.render import K8S, find, pod_template, render

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


def run(thing: dict, url: str, tmp_path) -> str:
    """Runs the job's container with its environment and no more."""
    [container] = pod_template(thing)["spec"]["containers"]
    secret = tmp_path / "url"
    secret.write_text(url, encoding="utf-8")
    # What the image sets.
    environment = {"PATH": os.environ["PATH"], "TZ": "UTC", "LANG": "C.UTF-8",
                   "HOME": str(tmp_path)}
    for variable in container["env"]:
        value = url if "valueFrom" in variable else variable["value"]
        for name, known in environment.items():
            value = value.replace(f"$({name})", known)
        environment[variable["name"]] = value.replace("/etc/fsft/database/url", str(secret))
    command = [here(word).replace("$(DATABASE_URL)", url) for word in container["command"]]
    done = subprocess.run(command, cwd=here(container.get("workingDir", "/")), env=environment,
                          check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


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


def test_the_roles_script_takes_its_passwords_from_the_secret(cluster, tmp_path):
    for name in ("stripe-secret-key", "stripe-webhook-secrets", "lob-api-key",
                 "lob-webhook-secrets"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    made = json.loads(subprocess.run([K8S / "make_secrets.py", tmp_path], check=True,
                                     capture_output=True, text=True).stdout)["items"]
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
