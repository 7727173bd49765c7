"""The gateway as proxies, browsers and impolite clients meet it, byte by byte."""

import contextlib
import gzip
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from e2e.customer import appeal
from e2e.wire import connect, read_one
from harness import waiting

SITE = "https://site.test"
SUITE = {"settings": {"FSFT_CORS_ORIGINS": f"{SITE},https://staging.test",
                      ("gateway", "FSFT_PUBLIC_URL"): SITE, "FSFT_RATE_LIMITS": "off"}}
CREATE = "/api/checkout/create-session"
TRACE = "0af7651916cd43dd8448eb211c80319c"
# Of every answer that was not made by the connection's end.
SECURE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
          "Strict-Transport-Security": "max-age=31536000"}


def talk(suite, sent: str) -> str:
    """All that the gateway answers until it closes the connection."""
    with connect(suite) as connection:
        connection.sendall(sent.encode("latin-1"))
        with contextlib.suppress(ConnectionResetError):
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode("latin-1")


def ask(suite, method: str, path: str, **headers) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, suite.gateway_url + path, headers=named, timeout=30)


# --- requests in any shape: what is sent after the request line, and what comes

CLOSE = "Host: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(("request_line", "status"), [
    ("GET /health HTTP/1.1", 200),
    ("HEAD /health HTTP/1.1", 200),
    ("GET /health HTTP/1.0", 200),
    ("GET http://site.test/health HTTP/1.1", 200),
    ("GET HTTPS://site.test:443/health?x=1 HTTP/1.1", 200),
    ("GET http://site.test HTTP/1.1", 200),
    ("GET /%68ealth HTTP/1.1", 200),
    ("GET /health?a=/b#c HTTP/1.1", 200),
    ("OPTIONS * HTTP/1.1", 204),
    ("OPTIONS /health HTTP/1.1", 204),
    # Each path has one spelling, so that whoever guards one in front of us guards it.
    ("GET /health/ HTTP/1.1", 404),
    ("GET //health HTTP/1.1", 404),
    ("GET /x/../health HTTP/1.1", 404),
    ("GET /Health HTTP/1.1", 404),
    ("GET /health%2Fready HTTP/1.1", 404),
    ("GET /api%5Ccities HTTP/1.1", 404),
    ("GET /health%00 HTTP/1.1", 404),
    ("GET /%u0068ealth HTTP/1.1", 404),
    ("GET /health;x=1 HTTP/1.1", 404),
    ("TRACE /health HTTP/1.1", 405),
    ("CONNECT site.test:443 HTTP/1.1", 404),
    ("PUT /health HTTP/1.1", 405),
    ("BREW /health HTTP/1.1", 501),
    ("get /health HTTP/1.1", 501),
    ("GET /health HTTP/2.0", 505),
    ("GET  /health HTTP/1.1", 400),
    ("GET /health", 400),
    ("GET /" + "a" * 9000 + " HTTP/1.1", 414),
])
def test_a_request_line(suite, request_line, status):
    answer = talk(suite, f"{request_line}\r\n{CLOSE}")
    assert answer.startswith(f"HTTP/1.1 {status} "), answer
    assert "\r\nDate: " in answer and "\r\nX-Request-ID: " in answer


@pytest.mark.parametrize("head", [
    "",
    "Host: a\r\nHost: b\r\n",
    "Host: a b\r\n",
    "Host: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
    "Host: x\r\nContent-Length: 5, 6\r\n",
    "Host: x\r\nContent-Length: +5\r\n",
    "Host: x\r\nContent-Length: %35\r\n",
    "Host: x\r\nContent-Length : 5\r\n",
    "Host: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Host: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Host: x\r\nTransfer-Encoding: gzip, chunked\r\n",
    "Host: x\r\nTransfer-Encoding: chunked\n\r\n",
    "Host: x\r\nX: a\r\n folded: b\r\n",
    "Host: x\r\nno colon\r\n",
])
def test_an_ambiguous_head_is_refused_and_nothing_behind_it_is_served(suite, head):
    answer = talk(suite, f"POST {CREATE} HTTP/1.1\r\nContent-Type: application/json\r\n{head}\r\n"
                         "5\r\nhello\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith("HTTP/1.1 400 "), answer
    assert "\r\nConnection: close\r\n" in answer
    assert answer.count("HTTP/1.1 ") == 1, "the rest was taken for a request"


def test_a_body_that_was_not_read_is_not_taken_for_a_request(suite):
    hidden = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = talk(suite, f"GET /api/cities HTTP/1.1\r\nHost: x\r\nContent-Length: {len(hidden)}"
                         f"\r\n\r\n{hidden}")
    assert answer.startswith("HTTP/1.1 200 ") and answer.count("HTTP/1.1 ") == 1


# --- connections

def test_a_connection_serves_many_requests_also_after_problems(suite):
    with connect(suite) as connection, connection.makefile("rb") as stream:
        for path, status in (("/health", 200), ("/nothing", 404), ("/", 200), ("/health", 200)):
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert read_one(stream) == status
        # Ahead of their answers.
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        assert [read_one(stream) for _ in range(3)] == [200] * 3


def test_a_stop_lets_a_request_finish_ends_idle_connections_and_refuses_new_ones(
        suite, sandbox, customer):
    with ThreadPoolExecutor() as pool, connect(suite) as idle, idle.makefile("rb") as stream:
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_one(stream) == 200
        with sandbox.held("stripe.sessions.create", times=1) as wait_until_held:
            checkout = pool.submit(customer.check_out, appeal())
            wait_until_held()
            stopped = pool.submit(suite.program("gateway").stop)
            assert stream.read() == b"", "the idle connection was to end"
            waiting.until(lambda: refuses(suite), seconds=20, what="new connections to be refused")
            assert not checkout.done()
        assert checkout.result()["checkout_url"]
        stopped.result()
    suite.start_program("gateway")


def refuses(suite) -> bool:
    try:
        connect(suite).close()
    except ConnectionRefusedError:
        return True
    return False


# --- what is said of an answer

@pytest.mark.parametrize("path", ["/", "/success", "/assets/order.js", "/api/cities", "/health",
                                  "/status", "/nothing", "/api/intakes/x", "/api/admin/stats"])
def test_head_says_what_get_says(suite, path):
    def described(method: str) -> dict:
        answer = ask(suite, method, path, X_Request_ID="the-same", Accept_Encoding="identity")
        assert method == "GET" or not answer.content
        # "Up to now": it may have become another second.
        return {"status": answer.status_code, **answer.headers, "Date": ""}

    head = described("HEAD")
    assert head == described("GET")
    assert int(head["Content-Length"]) > 0
    assert SECURE.items() <= head.items()
    assert "Content-Security-Policy" in head and "Cache-Control" in head


@pytest.mark.parametrize("path", ["/", "/success", "/assets/site.css", "/api/cities"])
def test_what_a_browser_has_is_not_sent_again(suite, path):
    first = ask(suite, "GET", path)
    again = ask(suite, "GET", path, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert "Content-Length" not in again.headers and "Content-Type" not in again.headers
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"].startswith("public, max-age=")


def test_large_public_text_is_compressed_and_what_is_somebodys_is_not(suite, customer):
    for path in ("/", "/assets/order.js", "/api/cities"):
        answer = requests.get(suite.gateway_url + path, timeout=30, stream=True,
                              headers={"Accept-Encoding": "br, gzip;q=0.5"})
        packed = answer.raw.read(decode_content=False)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        plain = ask(suite, "GET", path, Accept_Encoding="gzip;q=0")
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(packed) == plain.content and len(packed) < len(plain.content)
    order = customer.check_out()
    for answer in (customer.get(f"/api/appeals/{order['payment_id']}", order["access_token"]),
                   customer.get(f"/api/intakes/{order['intake_id']}", order["access_token"])):
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers and "ETag" not in answer.headers
        assert "no-store" in answer.headers["Cache-Control"]


def test_who_cannot_read_the_answer_is_told_before_anything_is_done(suite, customer, sandbox):
    before = sandbox.counts()
    answer = customer.post(CREATE, appeal(), headers={"Accept": "text/html"})
    assert answer.status_code == 406
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_acceptable"
    assert sandbox.counts() == before
    assert ask(suite, "GET", "/api/cities", Accept="text/html, */*;q=0.1").status_code == 200


def test_a_request_is_known_by_its_ids_in_every_program(suite, customer):
    order = customer.check_out()
    answer = ask(suite, "GET", f"/api/appeals/{order['payment_id']}", X_Request_ID="mine-01",
                 traceparent=f"00-{TRACE}-b7ad6b7169203331-01")
    assert answer.headers["X-Request-ID"] == "mine-01"
    for program in ("gateway", "payment"):
        waiting.until(lambda name=program: TRACE in suite.log(name).read_text(encoding="utf-8"),
                      seconds=20, what=f"the trace in the log of {program}")
    for refused in ("a b", "x" * 200, "a/b"):
        made = ask(suite, "GET", "/health", X_Request_ID=refused).headers["X-Request-ID"]
        assert made != refused and re.fullmatch(r"[0-9a-f-]{36}", made)


# --- pages of other origins

def test_a_page_of_ours_may_ask_and_read(suite):
    asked = ask(suite, "OPTIONS", CREATE, Origin=SITE, Access_Control_Request_Method="POST",
                Access_Control_Request_Headers="authorization,content-type,idempotency-key")
    assert asked.status_code == 204 and not asked.content
    assert "Content-Length" not in asked.headers
    assert asked.headers["Access-Control-Allow-Origin"] == SITE
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    allowed = asked.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key", "x-request-id",
            "traceparent"} <= set(allowed)
    for path in ("/api/cities", "/nothing", "/api/intakes/x"):
        answer = ask(suite, "GET", path, Origin=SITE)
        assert answer.headers["Access-Control-Allow-Origin"] == SITE
        assert "Origin" in answer.headers["Vary"]
        assert "X-Request-ID" in answer.headers["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(("path", "origin"), [
    ("/api/cities", "https://evil.test"), ("/api/cities", "null"),
    ("/api/cities", f"{SITE}.evil.test"), ("/api/admin/stats", SITE),
    ("/api/webhook/retry-fulfillment/cs_x", SITE)])
def test_other_pages_may_not_and_operators_routes_are_for_none(suite, path, origin):
    for method in ("GET", "OPTIONS"):
        answer = ask(suite, method, path, Origin=origin, Access_Control_Request_Method="GET")
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]


def test_options_lists_the_methods_of_a_path(suite):
    assert ask(suite, "OPTIONS", "/api/intakes/x").headers["Allow"] == "GET, HEAD, OPTIONS, PATCH"
    assert ask(suite, "PUT", "/api/intakes/x").headers["Allow"] == "GET, HEAD, OPTIONS, PATCH"
    assert ask(suite, "OPTIONS", "/nothing").status_code == 404
