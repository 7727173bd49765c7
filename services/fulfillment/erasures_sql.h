#pragma once

#include "shared/db/statement.h"

// The statements that follow intake's ledger of erasures.
namespace fsft::fulfillment::sql {

inline constexpr db::Statement kErasureCursor = {"fulfillment.erasure_cursor", R"sql(
SELECT sequence FROM fulfillment.erasure_cursor)sql"};

// Forgets the letters of these intakes and moves the cursor, together. The hash of the PDF stays: it tells nothing
// without the PDF, and proves which one was mailed. Nothing is printed from these rows any more: intake erases only what
// is history.
inline constexpr db::Statement kForgetLetters = {"fulfillment.forget_letters", R"sql(
WITH forgotten AS (
  UPDATE fulfillment.letters
  SET pdf_sealed = NULL, data_key = NULL, data_key_id = NULL, version = version + 1, updated_at = now()
  WHERE intake_id = ANY (CAST(:intakes AS uuid[])) AND data_key IS NOT NULL
  RETURNING payment_id, state, version
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'intake', 'erase', state, state, version FROM forgotten
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM forgotten
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
), followed AS (
  UPDATE fulfillment.erasure_cursor SET sequence = CAST(:sequence AS bigint) WHERE sequence < CAST(:sequence AS bigint)
)
SELECT count(*) FROM forgotten)sql"};

}  // namespace fsft::fulfillment::sql
