"""The image sells an order as k8s/ runs it: without root, rights or a file that it may write to."""

import re
from pathlib import Path

import pytest

from e2e.customer import LETTER, Customer, appeal
from e2e.reading import text_of
from harness import invariants, report, template
from harness.sandbox import Sandbox
from harness.suite import fresh_directory
from image.suite import PROGRAMS, ImageSuite

# A name that only the fonts of fonts-noto-cjk have.
NAME = "欧阳明日香 Quackenbush"


@pytest.fixture(scope="module", name="suite")
def _suite(storage, version):
    with ImageSuite(fresh_directory("image"), storage, version) as suite:
        yield suite


@pytest.fixture(scope="module", name="sandbox")
def _sandbox(suite):
    return Sandbox(suite.sandbox_url, suite.keys.stripe_secret_key)


@pytest.fixture(scope="module", name="customer")
def _customer(suite, sandbox):
    return Customer(suite.gateway_url, sandbox)


def test_the_image_has_migrated_the_database_and_may_do_it_again(suite):
    deployed = suite.log("migrate").read_text(encoding="utf-8")
    assert re.findall(r"^  \+ (\S+) \.", deployed, re.M) == template.schema_changes()
    assert "us-ca-san_francisco" in suite.log("cities").read_text(encoding="utf-8")
    assert "+ " not in suite.job("Job", "migrate")
    assert "nothing has changed" in suite.job("Job", "cities")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_has_no_rights(suite, name):
    process = Path("/proc") / str(suite.container_pid(name))
    status = dict(line.split(":\t", 1) for line in (process / "status").read_text(
        encoding="utf-8").splitlines() if ":\t" in line)
    assert status["Uid"].split() == ["65532"] * 4
    assert status["Gid"].split() == ["65532"] * 4
    for rights in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[rights], 16) == 0, rights
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_can_write_to_its_volumes_only(suite, name):
    mounts = [line.split() for line in Path(f"/proc/{suite.container_pid(name)}/mounts").read_text(
        encoding="utf-8").splitlines()]
    writable = {place for _, place, kind, options, *_ in mounts
                if options.split(",")[0] == "rw" and kind not in ("proc", "devpts", "mqueue")}
    # /dev has nothing that keeps what is written; podman makes its files of /etc and /run.
    own = ("/dev", "/proc", "/sys", "/etc/", "/run/")
    kept = {place for place in writable if not place.startswith(own)}
    assert kept == ({"/var/lib/fsft"} if name == "intake" else set())


def test_an_order_goes_from_the_form_to_the_letter(suite, customer, sandbox):
    session = customer.check_out(appeal(user_name=NAME))
    customer.pay(session["session_id"])
    customer.wait_until_mailed(session["session_id"])
    [letter] = sandbox.letters(session["payment_id"])
    printed = text_of(sandbox.letter_pdf(letter["id"]))
    assert LETTER in printed
    assert NAME in printed
    assert {hook["status"] for hook in sandbox.webhooks("stripe")} == {200}
    sandbox.emails("wilhelmina@example.com", count=2, seconds=30)
    assert sandbox.emails("wilhelmina@example.com", "paid")
    assert sandbox.emails("wilhelmina@example.com", "mailed")
    invariants.check(suite.cluster)


def test_every_program_speaks_to_postgresql_in_private(suite):
    encrypted = dict(suite.cluster.query(
        "SELECT usename, bool_and(ssl) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) "
        "WHERE usename LIKE '%%\\_rw' GROUP BY 1"))
    assert encrypted == {"intake_rw": True, "payment_rw": True, "fulfillment_rw": True}


def test_each_program_ends_well_within_its_grace(suite):
    report.show("\n".join(["seconds from `podman run` to ready:", *(
        f"  {name:<12} {suite.ready_seconds[name]:5.2f}" for name in PROGRAMS)]))
    for name in reversed(PROGRAMS):
        program = suite.program(name)
        program.stop(seconds=suite.grace(name))
        assert program.exit_status == 0
