"""The secrets of one run, generated: nobody has to make any up for a local run or a test."""

import hashlib
import secrets
from pathlib import Path

from harness.template import write_private

ALL_SCOPES = ("read", "retry", "refund", "erase", "resend")


class Keys:
    """Secrets in files under `directory`, kept if they are there: the stored data needs them."""

    def __init__(self, directory: Path):
        self._directory = directory
        self.stripe_secret_key = self._kept("stripe-secret-key", lambda: f"sk_test_{_random()}")
        self.stripe_webhook_secret = self._kept("stripe-webhook-secret",
                                                lambda: f"whsec_{_random()}")
        self.lob_api_key = self._kept("lob-api-key", lambda: f"test_{_random()}")
        self.lob_webhook_secret = self._kept("lob-webhook-secret", _random)
        self.admin_token = self._kept("admin-token", _random)
        self._kept("data-keys", _data_keys)
        self.data_keys_file = directory / "data-keys"
        self.admin_tokens_file = directory / "admin-tokens"
        write_private(self.admin_tokens_file, token_line("operator", ALL_SCOPES, self.admin_token))

    def _kept(self, name: str, make) -> str:
        path = self._directory / name
        if not path.exists():
            write_private(path, make() + "\n")
        return path.read_text(encoding="utf-8").strip()


def token_line(name: str, scopes, token: str) -> str:
    """One line of an operators' file: it holds the token's hash only."""
    return f"{name}:{'+'.join(scopes)}:{hashlib.sha256(token.encode()).hexdigest()}\n"


def _random() -> str:
    return secrets.token_hex(24)


def _data_keys() -> str:
    return "\n".join(f"{purpose}:local-1:{secrets.token_hex(32)}"
                     for purpose in ("wrap", "lookup", "token"))
