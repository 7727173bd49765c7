#pragma once

#include "shared/db/statement.h"

// The statements that blank what was Stripe's in old payments, and end their rows.
namespace fsft::payment::sql {

// The order has been history for days, and nothing about its money is open.
inline constexpr db::Statement kLookIds = {"payment.look_ids", R"sql(
SELECT payment_id, created_at,
       (stripe_session_id IS NOT NULL OR stripe_payment_intent IS NOT NULL)
       AND refund_reserved_cents = 0 AND dispute NOT IN ('inquiry', 'open')
       AND coalesce(payment.final_at(state, amount_cents, refunded_cents, delivery_state, mailed_at, ended_at, updated_at)
                    < now() - make_interval(days => CAST(:days AS integer)), false)
FROM payment.payments
WHERE created_at < now() - make_interval(days => CAST(:days AS integer))
  AND (created_at, payment_id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS uuid))
ORDER BY created_at, payment_id LIMIT CAST(:batch AS integer))sql"};

// A version of its own, as every change has; nobody is told, for nothing that others know of has
// changed, and the time of the change stays, because it says since when the order is history. Not
// flushed at once: where the commit is lost, the row is found again.
inline constexpr db::Statement kBlankIds = {"payment.blank_ids", R"sql(
WITH due AS MATERIALIZED (
  SELECT payment_id, state FROM payment.payments
  WHERE payment_id = CAST(:id AS uuid) AND (stripe_session_id IS NOT NULL OR stripe_payment_intent IS NOT NULL)
    AND refund_reserved_cents = 0 AND dispute NOT IN ('inquiry', 'open')
    AND payment.final_at(state, amount_cents, refunded_cents, delivery_state, mailed_at, ended_at, updated_at)
        < now() - make_interval(days => CAST(:days AS integer))
  FOR UPDATE SKIP LOCKED
), blanked AS (
  UPDATE payment.payments p
  SET stripe_session_id = NULL, stripe_payment_intent = NULL, stripe_customer_id = NULL, checkout_url = NULL,
      receipt_url = NULL, success_url = '', cancel_url = '', version = p.version + 1
  FROM due WHERE p.payment_id = due.payment_id
  RETURNING p.payment_id, p.state, p.version
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'retention', 'blank', state, state, version FROM blanked
)
SELECT payment_id, set_config('synchronous_commit', 'off', true) FROM blanked)sql",
                                            db::Durability::kWithNext};

// An event keeps Stripe's ids for as long as its payment does, and at least for days: one that
// belongs to no payment of ours goes by its own age.
inline constexpr db::Statement kLookEvents = {"payment.look_events", R"sql(
SELECT event_id, received_at,
       NOT EXISTS (SELECT FROM payment.payments p WHERE p.payment_id = e.payment_id
                   AND (p.stripe_session_id IS NOT NULL OR p.stripe_payment_intent IS NOT NULL))
FROM payment.stripe_events e
WHERE (session_id IS NOT NULL OR payment_intent IS NOT NULL OR object_id IS NOT NULL)
  AND received_at < now() - make_interval(days => CAST(:days AS integer))
  AND (received_at, event_id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS text))
ORDER BY received_at, event_id LIMIT CAST(:batch AS integer))sql"};

// The event itself stays: Stripe's repetition of it must still be known. One that waited for a
// payment waits no more.
inline constexpr db::Statement kBlankEvent = {"payment.blank_event", R"sql(
WITH blanked AS (
  UPDATE payment.stripe_events e SET session_id = NULL, payment_intent = NULL, object_id = NULL
  WHERE event_id = CAST(:id AS text) AND (session_id IS NOT NULL OR payment_intent IS NOT NULL OR object_id IS NOT NULL)
    AND received_at < now() - make_interval(days => CAST(:days AS integer))
    AND NOT EXISTS (SELECT FROM payment.payments p WHERE p.payment_id = e.payment_id
                    AND (p.stripe_session_id IS NOT NULL OR p.stripe_payment_intent IS NOT NULL))
  RETURNING event_id
), taken_out AS (
  DELETE FROM payment.unmatched_events w USING blanked WHERE w.event_id = blanked.event_id
)
SELECT event_id, set_config('synchronous_commit', 'off', true) FROM blanked)sql",
                                              db::Durability::kWithNext};

// Not before all payments of the intake are over: what intake is told has the sum of their versions,
// which must not shrink while there is still something to tell.
inline constexpr db::Statement kLookPayments = {"payment.look_payments", R"sql(
SELECT payment_id, created_at,
       stripe_session_id IS NULL AND stripe_payment_intent IS NULL
       AND refund_reserved_cents = 0 AND dispute NOT IN ('inquiry', 'open')
       AND coalesce(payment.final_at(state, amount_cents, refunded_cents, delivery_state, mailed_at, ended_at, updated_at)
                    < now() - make_interval(days => CAST(:days AS integer)), false)
       AND updated_at < now() - make_interval(days => CAST(:days AS integer))
       AND NOT EXISTS (SELECT FROM payment.outbox o WHERE o.payment_id = p.payment_id)
       AND NOT EXISTS (SELECT FROM payment.payments q WHERE q.intake_id = p.intake_id
                       AND coalesce(payment.final_at(q.state, q.amount_cents, q.refunded_cents, q.delivery_state, q.mailed_at,
                                                     q.ended_at, q.updated_at)
                                    >= now() - make_interval(days => CAST(:days AS integer)), true))
FROM payment.payments p
WHERE created_at < now() - make_interval(days => CAST(:days AS integer))
  AND (created_at, payment_id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS uuid))
ORDER BY created_at, payment_id LIMIT CAST(:batch AS integer))sql"};

// With its refunds and disputes, by their foreign keys. A foreign key refuses it while the letter is
// there. Late news find no payment then, and make none. Not flushed at once, as above.
inline constexpr db::Statement kDeletePayment = {"payment.delete_payment", R"sql(
WITH due AS MATERIALIZED (
  SELECT payment_id, state, version FROM payment.payments p
  WHERE payment_id = CAST(:id AS uuid) AND stripe_session_id IS NULL AND stripe_payment_intent IS NULL
    AND refund_reserved_cents = 0 AND dispute NOT IN ('inquiry', 'open')
    AND payment.final_at(state, amount_cents, refunded_cents, delivery_state, mailed_at, ended_at, updated_at)
        < now() - make_interval(days => CAST(:days AS integer))
    AND updated_at < now() - make_interval(days => CAST(:days AS integer))
    AND NOT EXISTS (SELECT FROM payment.outbox o WHERE o.payment_id = p.payment_id)
    AND NOT EXISTS (SELECT FROM payment.payments q WHERE q.intake_id = p.intake_id
                    AND coalesce(payment.final_at(q.state, q.amount_cents, q.refunded_cents, q.delivery_state, q.mailed_at,
                                                  q.ended_at, q.updated_at)
                                 >= now() - make_interval(days => CAST(:days AS integer)), true))
  FOR UPDATE SKIP LOCKED
), deleted AS (
  DELETE FROM payment.payments p USING due WHERE p.payment_id = due.payment_id
  RETURNING p.payment_id, due.state, due.version
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'retention', 'delete', state, 'deleted', version + 1 FROM deleted
)
SELECT payment_id, set_config('synchronous_commit', 'off', true) FROM deleted)sql",
                                                 db::Durability::kWithNext};

}  // namespace fsft::payment::sql
