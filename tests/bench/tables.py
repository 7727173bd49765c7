"""Figures as Markdown, a line as soon as it is known."""

import statistics

from bench.meter import ALL

REQUESTS = ("", "connections", "requests/s", "p50 ms", "p95 ms", "p99 ms", "p99 / p50", "pgbench/s",
            "of pgbench", "our CPU, µs", *ALL, "round trips", "flushes")
ORDERS = ("connections", "orders/s", "our CPU, µs", *ALL)
GROWTH = ("", "connections", "requests/s, empty", "full", "full / empty", "p99 ms, empty", "full")


def _row(cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def _begin(title: str, head: tuple):
    print(f"\n### {title}\n")
    _row(head)
    _row(["---"] * len(head))


def begin_requests():
    _begin("Requests", REQUESTS)


def requests(line):
    """One kind of request at so many connections. Of processors: microseconds for each request."""
    _row([line.name, line.connections, f"{line.middle(lambda run: run.per_second):.0f}",
          f"{line.middle(lambda run: run.p50):.2f}", f"{line.middle(lambda run: run.p95):.2f}",
          f"{line.middle(lambda run: run.p99):.2f}",
          f"{line.middle(lambda run: run.p99 / run.p50):.1f}",
          f"{statistics.median(line.limits):.0f}", f"**{line.ratio:.2f}**",
          f"**{line.middle(lambda run: run.ours):.0f}**",
          *(f"{line.middle(lambda run: run.cpu[name]):.0f}" for name in ALL),
          f"{line.middle(lambda run: run.round_trips):.2f}",
          f"{line.middle(lambda run: run.flushes):.2f}"])


def orders(drains):
    """From the form to the printer."""
    _begin("Whole orders: checked out, paid, typeset, printed", ORDERS)
    for drain in drains:
        _row([drain.connections, f"{drain.per_second:.0f}", f"**{drain.ours:.0f}**",
              *(f"{drain.cpu[name]:.0f}" for name in ALL)])


def growth(stored: int, kinds: list, empty: dict, full: dict):
    """empty, full: the name of a kind -> its runs."""
    _begin(f"With {stored:,} orders stored", GROWTH)
    for kind in kinds:
        (rate, p99), (full_rate, full_p99) = (
            (statistics.median(run.per_second for run in runs[kind.name]),
             statistics.median(run.p99 for run in runs[kind.name])) for runs in (empty, full))
        _row([kind.name, kind.connections, f"{rate:.0f}", f"{full_rate:.0f}",
              f"**{full_rate / rate:.2f}**", f"{p99:.2f}", f"{full_p99:.2f}"])
