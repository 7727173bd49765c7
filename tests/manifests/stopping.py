"""Seconds that each program takes to stop in order, at most: what its pods are given, and more.

Its workers are told together and end side by side with the calls under way, so that it is the
longest of these times and not their sum. The times are the code's own, read from it. What follows
upon what is held elsewhere: by e2e/test_stopping.py for payment and gateway, while Stripe is
silent; by the number of their statements for what is summed up here of intake
(services/intake/eraser_test.cc) and of fulfillment (services/fulfillment/mailing/mailer_test.cc).
"""

import re

from manifests.render import ROOT


def number(path: str, pattern: str) -> int:
    """What the pattern finds in a file of the project, where it must be once; ValueError."""
    found = re.findall(pattern, (ROOT / path).read_text(encoding="utf-8"))
    if len(found) != 1:
        raise ValueError(f"{path} has {len(found)} of {pattern}")
    return int(found[0])


def seconds(path: str, name: str) -> int:
    """The constant of that name in C++."""
    return number(path, rf"\bconstexpr std::chrono::seconds {name}\{{(\d+)\}};")


def deadline(rule: str) -> int:
    """Of the gateway's routes that follow this rule."""
    return number("gateway/routes.cc", rf"\bWorkRule {rule}\{{Gate::\w+, seconds\((\d+)\)")


# Of the database's, whoever runs it.
STATEMENT = number("schema/roles.sql", r"'statement_timeout = ''(\d+)s'''")
# The calls under way of each, before they are cut off.
CALLS = {"gateway": seconds("gateway/main.cc", "kDrainTime"),
         **{service: seconds(f"services/{service}/main.cc", "kDrain")
            for service in ("intake", "payment", "fulfillment")}}
# One after the other, where Lob is sent no more than one request a second.
_TURN = number("services/fulfillment/background.cc", r"constexpr int kMailers = (\d+);")
_POST = seconds("services/fulfillment/lob/printer.h", "kPrintTimeout")
_REFUND = seconds("services/payment/refunder.cc", "kStepPatience")
_PAGE = seconds("services/payment/event_catch_up.cc", "kPagePatience")

DRAIN = {
    "gateway": CALLS["gateway"],
    # Or the statements with which a batch of people is erased again.
    "intake": max(CALLS["intake"], 4 * STATEMENT),
    # Or the step of a refund and writing down in two what became of it; a page of Stripe's events,
    # which of them are known, and giving back; or the events that waited for one payment, looked
    # for and taken in two statements.
    "payment": max(CALLS["payment"], _REFUND + 2 * STATEMENT, _PAGE + 2 * STATEMENT, 3 * STATEMENT),
    # Or a POST, begun in a statement, its turn before it and two statements after it
    # (services/fulfillment/README.md).
    "fulfillment": max(CALLS["fulfillment"], STATEMENT + _TURN + _POST + 2 * STATEMENT),
}
# What it takes to start and end the process, and a machine that is not alone.
MARGIN = 3
