-- Deploy payment/final_at: from when on an order is history.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- From then on nobody needs the order's personal data any more; null while that cannot be said. The only place that
-- decides it. A letter whose fate is open is not history, however much was refunded.
CREATE FUNCTION payment.final_at(state text, amount bigint, refunded bigint, delivery text, mailed_at timestamptz,
                                 ended_at timestamptz, updated_at timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN state IN ('expired', 'failed') THEN ended_at
        WHEN state NOT IN ('paid', 'refunded') THEN NULL
        WHEN delivery IN ('delivered', 'returned', 'cancelled') THEN updated_at
        WHEN delivery IN ('queued', 'sending', 'outcome_unknown', 'cancelling') THEN NULL
        WHEN state = 'refunded' OR refunded >= amount THEN updated_at
        WHEN delivery IN ('mailed', 'in_transit') THEN mailed_at + interval '60 days'
    END
$$;

COMMIT;
