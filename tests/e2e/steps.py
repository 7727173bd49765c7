"""The steps of an order at which a process can be stopped and killed."""

from dataclasses import dataclass

from harness.stop_points import StopPoint


@dataclass(frozen=True)
class Held:
    """A call of a third party's API that the sandbox holds: on "arrival", nothing of it is done;
    at the "answer", all is done and only the caller does not know it.
    """

    operation: str
    point: str


@dataclass(frozen=True)
class Step:
    """`owner` is the program whose statement or request it is; `callers` wait for its answer."""

    name: str
    where: object  # StopPoint or Held
    owner: str
    callers: tuple = ()


def _statement(name: str, owner: str, event: str, table: str, when: str = "true",
               callers: tuple = ()) -> Step:
    return Step(name, StopPoint(name, event, table, when), owner, callers)


CHECKOUT = (
    _statement("intake.submit", "intake", "INSERT", "intake.intakes", callers=("gateway",)),
    _statement("payment.open", "payment", "INSERT", "payment.payments", callers=("gateway",)),
    Step("stripe.sessions.create_arrives", Held("stripe.sessions.create", "arrival"), "payment",
         ("gateway",)),
    Step("stripe.sessions.create_answers", Held("stripe.sessions.create", "answer"), "payment",
         ("gateway",)),
    _statement("payment.store_session", "payment", "UPDATE", "payment.payments",
               "old.stripe_session_id IS NULL AND new.state = 'pending'", callers=("gateway",)),
)

WEBHOOK = (
    _statement("payment.apply_paid", "payment", "INSERT", "payment.stripe_events",
               callers=("gateway",)),
)

RELAY = (
    _statement("payment.claim_for_fulfillment", "payment", "UPDATE", "payment.outbox",
               "new.claim > old.claim AND new.target = 'fulfillment'"),
    _statement("fulfillment.put_orders", "fulfillment", "INSERT", "fulfillment.letters",
               callers=("payment",)),
    _statement("payment.settle_for_fulfillment", "payment", "DELETE", "payment.outbox",
               "old.target = 'fulfillment'"),
    _statement("payment.claim_for_intake", "payment", "UPDATE", "payment.outbox",
               "new.claim > old.claim AND new.target = 'intake'"),
    _statement("intake.put_orders", "intake", "UPDATE", "intake.intakes",
               "new.order_version > old.order_version", callers=("payment",)),
    _statement("payment.settle_for_intake", "payment", "DELETE", "payment.outbox",
               "old.target = 'intake'"),
    _statement("fulfillment.claim_for_payment", "fulfillment", "UPDATE", "fulfillment.outbox",
               "new.claim > old.claim"),
    _statement("payment.put_deliveries", "payment", "UPDATE", "payment.payments",
               "new.delivery_version > old.delivery_version", callers=("fulfillment",)),
    _statement("fulfillment.settle_for_payment", "fulfillment", "DELETE", "fulfillment.outbox"),
)

MAILING = (
    _statement("fulfillment.claim", "fulfillment", "UPDATE", "fulfillment.letters",
               "new.claim > old.claim AND new.state = 'queued'"),
    _statement("fulfillment.begin_post", "fulfillment", "UPDATE", "fulfillment.letters",
               "new.attempt > old.attempt"),
    Step("lob.letters.create_arrives", Held("lob.letters.create", "arrival"), "fulfillment"),
    Step("lob.letters.create_answers", Held("lob.letters.create", "answer"), "fulfillment"),
    _statement("fulfillment.move", "fulfillment", "UPDATE", "fulfillment.letters",
               "old.state = 'sending' AND new.state <> 'sending'"),
)

REFUND = (
    _statement("payment.request_refund", "payment", "INSERT", "payment.refunds",
               callers=("gateway",)),
    _statement("fulfillment.hold_letter", "fulfillment", "UPDATE", "fulfillment.letters",
               "old.want = 'mail' AND new.want = 'hold'", callers=("payment", "gateway")),
    _statement("payment.hold_refund", "payment", "UPDATE", "payment.refunds",
               "old.state = 'requested' AND new.state = 'held'", callers=("gateway",)),
    _statement("payment.claim_refund", "payment", "UPDATE", "payment.refunds",
               "new.claim > old.claim AND new.state = old.state"),
    Step("stripe.refunds.create_arrives", Held("stripe.refunds.create", "arrival"), "payment"),
    Step("stripe.refunds.create_answers", Held("stripe.refunds.create", "answer"), "payment"),
    _statement("payment.take_refund", "payment", "UPDATE", "payment.refunds",
               "new.state = 'succeeded'"),
)

STATEMENTS = [step.where for step in CHECKOUT + WEBHOOK + RELAY + MAILING + REFUND
              if isinstance(step.where, StopPoint)]
