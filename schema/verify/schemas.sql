-- Verify schemas: each service may use its own schema and no other's.
BEGIN;
SELECT 1 / (has_schema_privilege('intake_rw', 'intake', 'usage'))::int;
SELECT 1 / (has_schema_privilege('payment_rw', 'payment', 'usage'))::int;
SELECT 1 / (has_schema_privilege('fulfillment_rw', 'fulfillment', 'usage'))::int;
SELECT 1 / (NOT has_schema_privilege('payment_rw', 'intake', 'usage'))::int;
SELECT 1 / (NOT has_schema_privilege('fulfillment_rw', 'payment', 'usage'))::int;
SELECT 'maintenance.create_month_partitions(regclass, integer)'::regprocedure;
ROLLBACK;
