"""`make run`: the suite on its usual ports until Ctrl-C. Data and secrets stay in build/run."""

import os
import signal
import sys
import threading
from pathlib import Path

from harness import paths, ports
from harness.process import ProgramError
from harness.suite import Suite

FIXED_PORTS = {
    ("sandbox", "http"): 8090, ("sandbox", "smtp"): 8025,
    ("intake", "grpc"): 50051, ("intake", "ops"): 9051,
    ("payment", "grpc"): 50052, ("payment", "ops"): 9052,
    ("fulfillment", "grpc"): 50053, ("fulfillment", "ops"): 9053,
    ("gateway", "http"): 8000, ("gateway", "ops"): 9000,
}


def given_settings() -> dict:
    """The FSFT_ variables of the environment, each used instead of the local one.

    A key of the real Stripe or Lob is meant for the real address, unless another one is given.
    """
    given = {name: value for name, value in os.environ.items()
             if name.startswith("FSFT_") and value}
    for base, key in (("FSFT_STRIPE_API_BASE", "FSFT_STRIPE_SECRET_KEY"),
                      ("FSFT_LOB_API_BASE", "FSFT_LOB_API_KEY")):
        if key in given or f"{key}_FILE" in given:
            given.setdefault(base, None)
    # Neither are customers' emails for the local inbox when money and paper are real.
    if "FSFT_SMTP_URL_FILE" in given or is_live(given, "FSFT_STRIPE_SECRET_KEY", "sk_", "rk_"):
        given.setdefault("FSFT_SMTP_URL", None)
    return given


def is_live(given: dict, key: str, *prefixes: str) -> bool:
    """Whether that key, or the one in that file, is for real money or paper."""
    value, path = given.get(key, ""), given.get(f"{key}_FILE")
    if path and not value:
        value = Path(path).read_text(encoding="utf-8")
    return value.startswith(tuple(f"{prefix}live_" for prefix in prefixes))


def refuse_half_live(given: dict):
    """Real money with a mailbox that prints nothing, or the reverse, is a mistake."""
    live = {"Stripe": is_live(given, "FSFT_STRIPE_SECRET_KEY", "sk_", "rk_"),
            "Lob": is_live(given, "FSFT_LOB_API_KEY", "")}
    if live["Stripe"] != live["Lob"]:
        raise RuntimeError("a live key for only one of Stripe and Lob: refusing to start")


def announce(suite: Suite):
    """What a person needs to know, on stdout."""
    directory = suite.directory.relative_to(paths.ROOT)
    sandbox = f"""
  sandbox   {suite.sandbox_url}          stands in for Stripe, Lob and a mail server
  mailbox   {suite.sandbox_url}/mailbox  the letters, as printed
  inbox     {suite.sandbox_url}/inbox    the emails, as sent""" if suite.sandboxed else ""
    print(f"""
FightSFTickets is running.

  site      {suite.gateway_url}{sandbox}

  operator's token   {directory}/admin-token
  webhook secrets    {directory}/stripe-webhook-secret, {directory}/lob-webhook-secret
  database           {directory}/database-url
  logs               {directory}/logs

Ctrl-C stops everything.""", flush=True)


def main() -> int:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    try:
        given = given_settings()
        refuse_half_live(given)
        ports.require_free({f"{name}, {use}": port for (name, use), port in FIXED_PORTS.items()})
        settings = {"FSFT_RATE_LIMITS": None, **given}  # the built-in ones
        with Suite(paths.BUILD / "run", ports=FIXED_PORTS, settings=settings,
                   keep_data=True) as suite:
            announce(suite)
            while not stopping.wait(0.5):
                suite.check()
            print("\nStopping.", flush=True)
    except (RuntimeError, TimeoutError, OSError, ProgramError) as error:
        print(f"make run: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
