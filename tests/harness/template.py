"""A migrated cluster, made once per version of schema/, then copied by every suite and test."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path

from harness import paths, place

SERVER_BIN = Path("/usr/lib/postgresql/15/bin")
DATABASE = "fightsftickets"
SUPERUSER = "postgres"
ROLES = ("fsft_owner", "intake_rw", "payment_rw", "fulfillment_rw", "fsft_readonly")


def schema_key() -> str:
    """Names the content of schema/, of the cities' loader and of this file: what a migrated
    cluster depends on.
    """
    digest = hashlib.sha256()
    for path in sorted([*paths.SCHEMA.rglob("*"), *paths.LOADER.rglob("*"), Path(__file__)]):
        if path.is_file():
            digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def schema_changes() -> list:
    """The names of all changes, in the order of their deployment."""
    plan = (paths.SCHEMA / "sqitch.plan").read_text(encoding="utf-8")
    return re.findall(r"^([a-z][a-z_/]*) ", plan, re.M)


def copy_to(instance: Path):
    """Fills the empty directory `instance` with a migrated, stopped cluster."""
    home = place.make(paths.BUILD / "postgres-template")
    with _locked(home):
        template = home / schema_key()
        if not template.exists():
            _build(home, template)
        subprocess.run(["cp", "-a", "--reflink=auto", f"{template}/.", instance], check=True)


@contextlib.contextmanager
def _locked(home: Path):
    """One process at a time: suites start in parallel, and nobody copies what is being removed."""
    with open(home / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(home: Path, template: Path):
    # Here, because cluster.py copies templates while a template is built by a cluster.
    from harness.cluster import Cluster

    for stale in [entry for entry in home.iterdir() if entry.is_dir()]:
        shutil.rmtree(stale)
    fresh = place.make(home / "unfinished")
    _initdb(fresh)
    cluster = Cluster(fresh, durable=False)
    cluster.start()
    try:
        migrate(cluster)
    finally:
        cluster.stop()
    cluster.log.unlink()
    fresh.rename(template)


def _initdb(instance: Path):
    passwords = {role: secrets.token_hex(16) for role in (SUPERUSER, *ROLES)}
    write_private(instance / "passwords.json", json.dumps(passwords))
    password_file = instance / "superuser-password"
    write_private(password_file, passwords[SUPERUSER])
    user = place.server_user()
    if user:
        shutil.chown(password_file, user["user"])
    _run([SERVER_BIN / "initdb", "--pgdata", instance / "data", "--username", SUPERUSER,
          "--pwfile", password_file, "--auth", "scram-sha-256", "--encoding", "UTF8",
          "--locale", "C.UTF-8", "--no-sync"], **user)
    password_file.unlink()


def migrate(cluster):
    """Roles, database, the whole sqitch plan and the cities, as an operator would; safe to
    repeat.
    """
    # roles.sql calls them owner_password, intake_password and so on.
    variables = [f"--set={re.sub('^fsft_|_rw$', '', role)}_password={cluster.passwords[role]}"
                 for role in ROLES]
    _run(["psql", "--no-psqlrc", "--quiet", *variables, "--file", paths.SCHEMA / "roles.sql",
          cluster.url(SUPERUSER, "postgres")])
    if not cluster.query("SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
        cluster.execute(f"CREATE DATABASE {DATABASE} OWNER fsft_owner")
    sqitch(cluster, "deploy", "--verify")
    registry(cluster, "load", paths.CITIES)


def sqitch(cluster, command: str, *arguments):
    """Runs sqitch on the cluster's database as the owner, with the project's plan."""
    owner = cluster.url("fsft_owner").replace("postgresql://", "db:pg://")
    # TZ and the names: sqitch refuses to start without a time zone, or for a user without a name.
    _run(["sqitch", "--chdir", paths.SCHEMA, command, *arguments, owner],
         env={"PATH": os.environ["PATH"], "TZ": "UTC", "LANG": "C.UTF-8", "HOME": "/nonexistent",
              "SQITCH_FULLNAME": "Test harness", "SQITCH_EMAIL": "harness@localhost"})


def registry(cluster, *arguments) -> str:
    """Runs the program `registry` on the cluster's database as the owner; returns what it says."""
    return _run([paths.binary("registry"), *arguments],
                env={"PATH": os.environ["PATH"], "FSFT_DATABASE_URL": cluster.url("fsft_owner")})


def write_private(path: Path, text: str):
    """Writes a file that only its owner may read, from its first byte on."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w",
              encoding="utf-8") as file:
        file.write(text)


def _run(command: list, **options) -> str:
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{done.stdout}")
    return done.stdout
