-- Verify payment/server_numbers
BEGIN;
SELECT 1 / (has_function_privilege('payment_rw', 'payment.server_numbers()', 'EXECUTE')
            AND NOT has_function_privilege('intake_rw', 'payment.server_numbers()', 'EXECUTE'))::int;
ROLLBACK;
