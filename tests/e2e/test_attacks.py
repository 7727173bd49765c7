"""Attacks on the real gateway. Each is refused as it should be and costs little memory, and whoever
asks /health meanwhile is answered.
"""

import gzip
import json
import os

import pytest
import requests

from e2e import photographs
from e2e.attackers import Attacker, addresses, crowd, drip, talk
from e2e.customer import appeal
from e2e.monitoring import Monitor
from harness import report, waiting

SUITE = {"settings": {"FSFT_RATE_LIMITS": None}}  # as built in

MOST_MB = 150
MOST_SECONDS = 1.0
CREATE = "/api/checkout/create-session"
WEBHOOK = "/api/webhook/stripe"
CONNECTIONS = 768

_lines = []


@pytest.fixture(scope="module", name="report", autouse=True)
def _report():
    yield
    report.show("\n".join(["The most memory of the gateway and the slowest /health in", *_lines]))


@pytest.fixture(name="port")
def _port(suite):
    return suite.port("gateway", "http")


@pytest.fixture(scope="module", name="monitor")
def _monitor(suite):
    ours = [os.getpid(), *(suite.program(name).pid for name in suite.running())]
    with Monitor(f"{suite.gateway_url}/health", ours) as monitor:
        yield monitor


@pytest.fixture(autouse=True)
def _unmoved(suite, monitor, request):
    """The gateway before, during and after each attack."""
    program = suite.program("gateway")
    program.forget_peak()
    monitor.findings()
    yield
    found = monitor.findings()
    peak = program.peak_mb()
    note = f", {found.disturbed} late while others were at work" if found.disturbed else ""
    _lines.append(f"{peak:6.1f} MB {found.slowest:7.3f} s  {request.node.name}{note}")
    assert found.asked > 0
    assert not found.failures
    assert found.slowest < MOST_SECONDS
    assert peak < MOST_MB
    suite.check()


def head(method: str, path: str, **headers) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: example.com"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def refusals(suite, reason: str) -> float:
    """How many were refused for this reason, by the gateway's own count."""
    port = suite.port("gateway", "ops")
    metrics = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text
    start = f'http_refusals_total{{reason="{reason}"}} '
    return next(float(line[len(start):]) for line in metrics.splitlines() if line.startswith(start))


# --- bodies

def test_a_chunked_body_without_end_is_cut_off(port):
    attacker = Attacker(port)
    attacker.send(head("POST", WEBHOOK, Transfer_Encoding="chunked"))
    attacker.flood(b"10000\r\n" + b"x" * 0x10000 + b"\r\n", 1000)
    assert attacker.listen().startswith(b"HTTP/1.1 413 ")
    attacker.close()


def test_a_chunk_that_claims_to_be_endless_is_not_waited_for(port):
    for size in (b"7fffffffffffffff", b"ffffffffffffffff"):
        said = talk(port, head("POST", WEBHOOK, Transfer_Encoding="chunked") + size + b"\r\n")
        assert said.statuses() == [413]


def test_a_compressed_body_is_not_inflated(port):
    bomb = gzip.compress(b"[" * 50_000_000)
    length = {"Content_Length": len(bomb), "Content_Encoding": "gzip"}
    said = talk(port, head("POST", CREATE, Content_Type="application/json", **length) + bomb)
    assert said.statuses() == [415]
    # A webhook is signed as it comes, and whatever its type says.
    said = talk(port, head("POST", WEBHOOK, Connection="close", **length) + bomb)
    assert said.statuses() == [400]


def test_json_without_bottom_is_refused(port):
    deep = b'{"a":' * 80_000
    said = talk(port, head("POST", CREATE, Content_Type="application/json", Connection="close",
                           Content_Length=len(deep)) + deep)
    assert said.statuses() == [400]
    assert b"malformed_json" in said.heard


@pytest.mark.parametrize("size", ["-1", "-fffffffffffffffb", "+5", "0x5", " 5", "5 ", "g", "",
                                  "10000000000000005"])
def test_a_chunk_of_a_bad_size_is_refused_and_nothing_after_it_is_read(port, size):
    hidden = head("GET", "/health")
    said = talk(port, head("POST", WEBHOOK, Transfer_Encoding="chunked")
                + f"{size}\r\nhello\r\n0\r\n\r\n".encode() + hidden)
    assert said.statuses() == [400]


@pytest.mark.parametrize("lengths", [
    "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked", "Content-Length: +5", "Content-Length : 5",
    "Content-Length: 5\r\n Content-Length: 6"])
def test_conflicting_lengths_are_refused_and_nothing_after_them_is_read(port, lengths):
    said = talk(port, f"POST {WEBHOOK} HTTP/1.1\r\nHost: x\r\n{lengths}\r\n\r\nhello".encode()
                + head("GET", "/health"))
    assert said.statuses() == [400]


def test_bodies_that_all_but_come_share_what_memory_there_is(suite, port):
    """400 times a megabyte, of which the last byte is missing: most are told that there is no room,
    and an order still goes through.
    """
    before = refusals(suite, "body_memory")
    most = b"x" * ((1 << 20) - 1)
    with crowd(port, addresses(400), head("POST", WEBHOOK, Content_Length=1 << 20)) as attackers:
        for attacker in attackers:
            attacker.send(most)
        ordered = requests.post(f"{suite.gateway_url}{CREATE}", json=appeal(), timeout=30)
        assert ordered.status_code == 200, ordered.text
        for attacker in attackers:
            attacker.send(b"x")
    assert refusals(suite, "body_memory") - before >= 300


def test_one_address_cannot_take_the_memory_for_bodies(suite, port):
    """Photographs of which the last byte is missing."""
    before = refusals(suite, "body_memory")
    size = 10 << 20
    photograph = head("POST", "/api/intakes/x/evidence", Authorization="Bearer guess",
                      Content_Type="image/png", Content_Length=size)
    with crowd(port, ["127.2.0.1"] * 5, photograph) as attackers:
        for attacker in attackers:
            attacker.send(b"x" * (size - 1))
        waiting.until(lambda: refusals(suite, "body_memory") - before >= 3, seconds=30,
                      what="those that are too many to be refused")
        body = b"x" * (1 << 20)
        said = talk(port, head("POST", WEBHOOK, Content_Length=len(body)) + body)
        assert said.statuses() == [400], "the signature was looked at"


def test_whoever_stays_after_a_large_body_leaves_no_memory_behind(suite, port):
    body = b"x" * (1 << 20)
    with crowd(port, addresses(200)) as attackers:
        for attacker in attackers:
            attacker.send(head("POST", WEBHOOK, Content_Length=len(body)) + body)
            waiting.until(lambda one=attacker: one.overhear() or one.statuses(), seconds=30,
                          what="an answer")
        assert {status for attacker in attackers for status in attacker.statuses()} == {400}
        assert not any(attacker.closed for attacker in attackers)
        assert suite.program("gateway").resident_mb() < MOST_MB


def test_photographs_that_are_long_in_coming_keep_no_other_out(customer, port):
    begun = customer.post("/api/intakes", {"user_name": "Wilhelmina Quackenbush"}).json()
    path = f"/api/intakes/{begun['intake_id']}/evidence"
    slow = head("POST", path, Content_Type="image/jpeg", Content_Length=10 << 20,
                Authorization="Bearer guess")
    with crowd(port, addresses(100), slow + b"\xff\xd8"):
        sent = customer.post(path, data=photographs.jpeg(), token=begun["access_token"],
                             headers={"Content-Type": "image/jpeg"})
        assert sent.status_code == 201, sent.text


# --- heads

def test_a_flood_of_headers_is_refused(port):
    attacker = Attacker(port)
    attacker.send(b"GET /health HTTP/1.1\r\nHost: x\r\n")
    attacker.flood(b"".join(b"X-%d: y\r\n" % number for number in range(1000)), 300)
    assert attacker.listen().startswith(b"HTTP/1.1 431 ")
    assert b"head_too_large" in attacker.heard
    attacker.close()


@pytest.mark.parametrize("begin, status", [
    (b"GET /", 414), (b"GET /health HTTP/1.1\r\nHost: x\r\nX: ", 431)])
def test_a_line_without_end_is_cut_off(port, begin, status):
    attacker = Attacker(port)
    attacker.send(begin)
    sent = attacker.flood(b"a" * 65536, 200 * 16)
    assert attacker.listen().startswith(b"HTTP/1.1 %d " % status)
    assert sent < 200 * 16
    attacker.close()


def test_five_hundred_who_never_end_their_heads_are_shown_out(port):
    words = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "
    with crowd(port, addresses(500), words) as attackers:
        drip(attackers, b"s", seconds=60)
        assert all(attacker.closed for attacker in attackers)
        assert {tuple(attacker.statuses()) for attacker in attackers} == {(408,)}


def test_five_hundred_who_never_end_their_bodies_are_shown_out(suite, port):
    length = {"Content_Type": "application/json", "Content_Length": 1000}
    with crowd(port, addresses(500), head("POST", CREATE, **length) + b"{") as attackers:
        ordered = requests.post(f"{suite.gateway_url}{CREATE}", json=appeal(), timeout=30)
        assert ordered.status_code == 200, ordered.text
        drip(attackers, b" ", seconds=120)
        assert all(attacker.closed for attacker in attackers)
        assert {tuple(attacker.statuses()) for attacker in attackers} == {(408,)}


# --- connections

def test_one_address_cannot_take_everybodys_connections(suite, port):
    before = refusals(suite, "client_connections")
    words = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "
    with crowd(port, ["127.2.0.1"] * 500, words) as attackers:
        other = requests.get(f"{suite.gateway_url}/api/cities", timeout=30)
        assert other.status_code == 200
        drip(attackers, b"s", seconds=60)
        told = [attacker.statuses() for attacker in attackers]
        assert told.count([408]) >= 100
        # Who is refused while many are hears it, or finds the connection reset.
        assert all(statuses in ([408], [429], []) for statuses in told)
        assert refusals(suite, "client_connections") - before >= 300


@pytest.mark.parametrize("words", [b"", b"GET /", head("POST", WEBHOOK, Content_Length=100)],
                         ids=["silent", "heads", "bodies"])
def test_a_flood_from_everywhere_keeps_nobody_out(suite, port, words):
    """More than there is room for: whoever has waited longest goes, and who asks is answered."""
    before = refusals(suite, "made_room")
    with crowd(port, addresses(CONNECTIONS + 100), words):
        for _ in range(20):
            assert requests.get(f"{suite.gateway_url}/api/cities", timeout=30).status_code == 200
        order = requests.post(f"{suite.gateway_url}{CREATE}", json=appeal(), timeout=30)
        assert order.status_code == 200, order.text
    assert refusals(suite, "made_room") - before >= 100


def test_pipelined_requests_are_answered_in_order(port):
    paths = ["/health", "/nothing", "/status"] * 100
    said = talk(port, b"".join(head("GET", path) for path in paths)
                + head("GET", "/health", Connection="close"))
    assert said.statuses() == [200, 404, 200] * 100 + [200]


def test_whoever_asks_and_does_not_listen_is_left_alone(suite, port):
    """Answers pile up in the kernel's buffers only, and then the connection ends."""
    with crowd(port, addresses(20)) as attackers:
        for attacker in attackers:
            attacker.socket.settimeout(0.5)
            attacker.flood(head("GET", "/") * 100, 1000)
        waiting.until(lambda: all(gone(attacker) for attacker in attackers), seconds=60,
                      what="the gateway to give up")


def gone(attacker: Attacker) -> bool:
    """Does nobody take any more of what it sends?"""
    try:
        attacker.socket.sendall(b"G")
    except TimeoutError:
        return False
    except OSError:
        return True
    return False


def test_the_gateway_works_as_before(suite, customer):
    """The last of the module."""
    assert json.loads(customer.get("/health").text)
    assert customer.check_out()["session_id"]
    assert suite.program("gateway").resident_mb() < MOST_MB
