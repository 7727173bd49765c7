"""The runbook's calls of the API work as they are written, on a running suite."""

import json
import re
import subprocess

import pytest

from harness import paths

TEXT = (paths.ROOT / "k8s" / "README.md").read_text(encoding="utf-8")
# The shell function that the runbook defines for them.
FUNCTION = re.search(r"^ +api\(\) \{.*?\}$", TEXT, re.M | re.S)[0]
CALLS = sorted(set(re.findall(
    r"""\bapi (?:"/[^"\n]+"|/[\w/-]+)(?: '\{[^'\n]*\}')?(?: -H "[^"\n]+")?""", TEXT)))
NOBODYS = "01890000-0000-7000-8000-000000000000"


def run(suite, call: str) -> dict:
    """What the call prints."""
    script = f'set -eu\nsite={suite.gateway_url}\nsecrets={suite.directory}\n{FUNCTION}\n{call}'
    (suite.directory / "operator-token").write_text(suite.keys.admin_token, encoding="utf-8")
    done = subprocess.run(["bash", "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("call", [call for call in CALLS if "PAYMENT_ID" not in call])
def test_a_call_is_answered(suite, call):
    answer = run(suite, call)
    assert "code" not in answer, answer


@pytest.mark.parametrize("call", [call for call in CALLS if "PAYMENT_ID" in call])
def test_a_call_about_an_order_lacks_nothing_but_the_order(suite, call):
    answer = run(suite, call.replace("PAYMENT_ID", NOBODYS))
    assert answer["status"] == 404, answer


def test_calls_are_found():
    assert len(CALLS) > 12
    assert any("retry" in call for call in CALLS)


def test_mailing_is_paused_and_goes_on(suite):
    assert run(suite, "api /api/admin/mailing/pause '{}'")["status"] == "paused"
    assert run(suite, "api /api/admin/mailing/resume '{}'")["status"] == "mailing"
