#!/usr/bin/python3
"""make_secrets.py DIRECTORY [--init] [--database HOST:PORT]: prints the Secrets of an environment.

    k8s/make_secrets.py DIRECTORY | kubectl -n fightsftickets apply --server-side -f -

The directory holds each value in a file of its own, and belongs where you keep secrets, never into
this repository. What only others can give must be there; what can be made up is made up with
--init, the first time, and kept there. Later a file that is missing is an error: a new key in its
place would make all that is sealed with the old one unreadable. To change a secret, change its file
and run this again.
"""

import argparse
import hashlib
import json
import os
import secrets
import sys
from pathlib import Path

ROLES = {"owner": "fsft_owner", "intake": "intake_rw", "payment": "payment_rw",
         "fulfillment": "fulfillment_rw", "readonly": "fsft_readonly"}
GIVEN = ("stripe-secret-key", "stripe-webhook-secrets", "lob-api-key", "lob-webhook-secrets")
# Without an SMTP server nobody is written to; without a store there are no backups.
OPTIONAL = ("smtp-url", "backups-access-key-id", "backups-secret-access-key")
SCOPES = "read+retry+refund+erase+resend"


class Store:
    """The directory: one value in each file, readable by its owner only."""

    def __init__(self, directory: Path):
        self._directory = directory

    def get(self, name: str) -> str:
        """Empty when there is no such file."""
        path = self._directory / name
        return path.read_text(encoding="utf-8").strip() if path.exists() else ""

    def kept(self, name: str, make) -> str:
        """The value of that name, made up the first time."""
        if not self.get(name):
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._directory / name
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
                      encoding="utf-8") as file:
                file.write(make() + "\n")
        return self.get(name)

    def missing(self, names) -> list:
        return [name for name in names if not self.get(name)]


def random() -> str:
    return secrets.token_hex(24)


def data_keys() -> str:
    """A ring with one key for each purpose."""
    return "\n".join(f"{purpose}:1:{secrets.token_hex(32)}"
                     for purpose in ("wrap", "lookup", "token"))


def first_operator(store: Store) -> str:
    """The line of an operator who may do everything; the token is in the file operator-token."""
    token = store.kept("operator-token", random)
    return f"operator:{SCOPES}:{hashlib.sha256(token.encode()).hexdigest()}"


# What can be made up, and how.
MADE_UP = {**{f"password-{role}": lambda store: random() for role in ROLES.values()},
           "data-keys": lambda store: data_keys(), "operators": first_operator}


def make_up(store: Store):
    """What is there already stays."""
    for name, make in MADE_UP.items():
        store.kept(name, lambda make=make: make(store))


def database_url(role: str, password: str, address: str) -> str:
    return (f"postgresql://{role}:{password}@{address}/fightsftickets"
            "?sslmode=verify-full&sslrootcert=/etc/fsft/database/ca.crt")


def secret(name: str, kind: str = "Opaque", **data) -> dict:
    return {"apiVersion": "v1", "kind": "Secret", "type": kind, "metadata": {"name": name},
            "stringData": {key.replace("_", "-"): value for key, value in data.items()}}


def databases(store: Store, address: str) -> list:
    """Who may connect as whom, and what makes the roles (schema/roles.sql)."""
    passwords = {name: store.get(f"password-{role}") for name, role in ROLES.items()}
    urls = {name: database_url(ROLES[name], passwords[name], address)
            for name in ("owner", "intake", "payment", "fulfillment")}
    host, _, port = address.rpartition(":")
    # The owner's in parts, too: psql takes them from its environment, but no URL.
    found = [secret("owner-database", url=urls.pop("owner"), host=host, port=port,
                    user=ROLES["owner"], password=passwords["owner"]),
             *(secret(f"{name}-database", url=url) for name, url in urls.items())]
    variables = "".join(f"\\set {name}_password '{password}'\n"
                        for name, password in passwords.items())
    return [*found, secret("database-roles", variables=variables),
            secret("owner-credentials", "kubernetes.io/basic-auth", username=ROLES["owner"],
                   password=passwords["owner"])]


def all_secrets(store: Store, address: str) -> list:
    found = [*databases(store, address),
             secret("data-keys", keys=store.get("data-keys")),
             secret("operators", tokens=store.get("operators")),
             secret("stripe", secret_key=store.get("stripe-secret-key"),
                    webhook_secrets=store.get("stripe-webhook-secrets")),
             secret("lob", api_key=store.get("lob-api-key"),
                    webhook_secrets=store.get("lob-webhook-secrets"))]
    if store.get("smtp-url"):
        found.append(secret("smtp", url=store.get("smtp-url")))
    if store.get("backups-access-key-id"):
        found.append(secret("backups", access_key_id=store.get("backups-access-key-id"),
                            secret_access_key=store.get("backups-secret-access-key")))
    return found


def complete(store: Store, options) -> bool:
    """Whether all files are there; else says which are not."""
    given = store.missing(GIVEN)
    if given:
        print(f"make_secrets.py: these files must be in {options.directory}, from the vendors' "
              f"dashboards: {' '.join(given)}", file=sys.stderr)
    elif options.init:
        make_up(store)
    lost = store.missing(MADE_UP)
    if lost and not options.init:
        print(f"make_secrets.py: these files are not in {options.directory}: {' '.join(lost)}. "
              "Where the environment lives already, find them; --init makes up new ones, and what "
              "the old data keys sealed is lost", file=sys.stderr)
    return not given and not lost


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--database", default="postgres-rw:5432", metavar="HOST:PORT")
    parser.add_argument("--init", action="store_true",
                        help="make up keys, passwords and a token that are not there: only for an "
                             "environment that is new")
    options = parser.parse_args()
    store = Store(options.directory)
    if not complete(store, options):
        return 1
    json.dump({"apiVersion": "v1", "kind": "List",
               "items": all_secrets(store, options.database)}, sys.stdout, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
