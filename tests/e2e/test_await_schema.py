"""A new version of a service waits for its schema, and no longer."""

import os
import signal
import subprocess

import pytest

from harness import paths, template, waiting
from harness.process import Program
from harness.suite import SERVICES

LAST_CHANGE = "@HEAD^"


@pytest.fixture(name="program")
def _program(cluster, tmp_path):
    """Starts await_schema as a role; it is gone after the test."""
    started = []

    def start(role: str) -> Program:
        environment = {"PATH": os.environ["PATH"], "FSFT_DATABASE_URL": cluster.url(role)}
        program = Program("await_schema", [paths.binary("await_schema")], environment,
                          tmp_path / f"{role}.log")
        program.start()
        started.append(program)
        return program
    yield start
    for program in started:
        program.kill()


@pytest.fixture(name="older")
def _older(cluster):
    """The database has all but the last change."""
    template.sqitch(cluster, "revert", "-y", "--to", LAST_CHANGE)
    yield
    template.sqitch(cluster, "deploy", "--verify")


def ended(program: Program) -> int:
    """The exit status, when it ends by itself."""
    return waiting.until(lambda: not program.alive() and [program.exit_status], seconds=30,
                         what="await_schema to end")[0]


def await_line(program: Program, text: str):
    waiting.until(lambda: text in program.log.read_text(encoding="utf-8"), seconds=30,
                  what=f"{text!r} in the log")


@pytest.mark.parametrize("role", SERVICES.values())
def test_a_service_starts_when_its_schema_is_there(program, role):
    assert ended(program(role)) == 0


def test_it_waits_for_the_last_change_and_goes_on_when_that_is_deployed(cluster, older, program):
    waiting_one = program("payment_rw")
    await_line(waiting_one, "waiting for the schema")
    template.sqitch(cluster, "deploy", "--verify")
    assert ended(waiting_one) == 0


def test_it_waits_where_nothing_was_ever_migrated(cluster, program, tmp_path):
    environment = {"PATH": os.environ["PATH"],
                   "FSFT_DATABASE_URL": cluster.url("intake_rw", database="postgres")}
    empty = Program("await_schema", [paths.binary("await_schema")], environment,
                    tmp_path / "empty.log")
    empty.start()
    await_line(empty, "waiting for the schema")
    empty.kill()


def test_who_stops_it_does_not_start_the_service(older, program):
    stopped = program("fulfillment_rw")
    await_line(stopped, "waiting for the schema")
    stopped.send_signal(signal.SIGTERM)
    assert ended(stopped) == 1


def test_the_monthly_script_makes_what_is_missing_and_may_be_repeated(cluster):
    def partitions() -> set:
        return {name for (name,) in cluster.query(
            "SELECT oid::regclass::text FROM pg_class WHERE relispartition AND relkind = 'r'",
            database=template.DATABASE)}

    def run():
        subprocess.run(["psql", "--no-psqlrc", "--quiet", "--file", paths.SCHEMA / "monthly.sql",
                        cluster.url("fsft_owner")], check=True)
    before = partitions()
    lost = max(name for name in before if name.startswith("payment.audit_log_2"))
    with cluster.session("fsft_owner") as cursor:
        cursor.execute(f"DROP TABLE {lost}")
    run()
    assert partitions() == before
    run()
    assert partitions() == before
