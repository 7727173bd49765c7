-- Verify payment/unmatched_events: the table stands, and only payment fills and empties it.
BEGIN;
SELECT event_id, created_at, payment_id, session_id, received_at FROM payment.unmatched_events WHERE false;
SELECT 1 / (has_table_privilege('payment_rw', 'payment.unmatched_events', 'insert')
            AND has_table_privilege('payment_rw', 'payment.unmatched_events', 'delete'))::int;
SELECT 1 / (NOT has_table_privilege('fulfillment_rw', 'payment.unmatched_events', 'select, insert, update, delete'))::int;
ROLLBACK;
