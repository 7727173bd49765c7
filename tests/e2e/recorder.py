"""Asks the gateway as its description says, holds each answer against it, and remembers them."""

import json
from dataclasses import dataclass, field, replace

import requests

from e2e import description

JSON = "application/json"


@dataclass(frozen=True)
class Request:
    """How an operation is asked. `path` are the values of its {parameters}; `data` is a body as it
    is, and counts more than `json`."""

    path: dict = field(default_factory=dict)
    query: dict = field(default_factory=dict)
    json: object = None
    data: bytes = None
    headers: dict = field(default_factory=dict)
    token: str = None

    def but(self, **changes):
        return replace(self, **changes)


class Recorder:
    """Fails with what differs; `provoked` and `shown` are what has been seen so far."""

    def __init__(self, url: str):
        self._url = url
        self._http = requests.Session()
        self.provoked = set()  # (operation, status)
        self.shown = set()  # (object, field)

    def ask(self, name: str, request: Request = Request(), status: int = None):
        """One request and its answer, checked. `status`: what it has to be."""
        operation = description.operations()[name]
        answer = self.send(operation.method, operation.path, request)
        told = f"{name} {request}: {answer.status_code} {answer.text[:400]}"
        assert status is None or answer.status_code == status, told
        self._check(operation, answer, told)
        if answer.ok and request.data is None and operation.reads_json:
            wrong = description.violations(operation.body_schema, request.json)
            assert wrong == [], f"taken, and not as described: {wrong} in {told}"
        return answer

    def send(self, method: str, path: str, request: Request) -> requests.Response:
        headers = dict(request.headers)
        if request.token is not None:
            headers["Authorization"] = f"Bearer {request.token}"
        body = request.data
        if body is None and request.json is not None:
            body = json.dumps(request.json).encode()
            headers.setdefault("Content-Type", JSON)
        return self._http.request(method, self._url + path.format(**request.path), data=body,
                                  params=request.query, headers=headers, timeout=60)

    def _check(self, operation, answer: requests.Response, told: str):
        described = operation.answers.get(answer.status_code)
        assert described is not None, f"not described: {told}"
        self._check_headers(described, answer, told)
        self._check_body(operation, described, answer, told)
        if not answer.ok:
            problem = answer.json()
            assert problem["status"] == answer.status_code, told
            assert problem["request_id"] == answer.headers["X-Request-ID"], told
            assert problem["type"].endswith(":" + problem["code"]), told
        self.provoked.add((operation.name, answer.status_code))

    def _check_body(self, operation, described: dict, answer: requests.Response, told: str):
        if "content" not in described:
            assert answer.content == b"", told
            return
        kind = answer.headers["Content-Type"].split(";")[0]
        assert kind in described["content"], f"not described: {kind} of {told}"
        schema = described["content"][kind].get("schema")
        if schema:
            wrong = description.violations(schema, answer.json())
            assert wrong == [], f"{wrong} in {told}"
            self.shown |= description.shown_fields(schema, answer.json(), operation.name)

    @staticmethod
    def _check_headers(described: dict, answer: requests.Response, told: str):
        for name, one in described["headers"].items():
            one = description.found(one)
            if name not in answer.headers:
                assert not one.get("required"), f"no {name}: {told}"
                continue
            value = answer.headers[name]
            number = one["schema"]["type"] == "integer"
            wrong = description.violations(one["schema"], int(value) if number else value)
            assert wrong == [], f"{name}: {wrong}: {told}"
