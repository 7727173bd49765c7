-- Revert schemas
BEGIN;
DROP FUNCTION maintenance.create_month_partitions(regclass, integer);
DROP SCHEMA maintenance;
DROP SCHEMA fulfillment;
DROP SCHEMA payment;
DROP SCHEMA intake;
COMMIT;
