#pragma once

#include "shared/db/statement.h"

// The statements of intake, apart from the code that runs them so that each can be read as SQL.
namespace fsft::intake::sql {

inline constexpr db::Statement kRegistry = {"intake.registry", R"sql(
SELECT a.city_id, a.section_id, c.time_zone, c.blocked, a.patterns, a.appeal_days, a.name, a.company, a.address_line1,
       a.address_line2, a.city, a.state, a.zip, c.name, c.state, a.agency, a.verified_on IS NOT NULL, a.withdrawn,
       a.missing_reason = '', a.certified_required, a.power_of_attorney, a.blocked_sender_states
FROM intake.authorities a JOIN intake.cities c USING (city_id)
ORDER BY a.city_id, a.section_id)sql"};

// A whole new appeal in one statement, or many, each with a key of its own. One without a row: its
// key was used before and is alive, and kRepeated reads what it stands for; or the same person has
// paid for a letter about the same citation, and kPaidBefore reads which. Someone without an email
// address is one person here: a repeated request must not be paid twice because it names none. Twins
// wait for each other on the key's index entry; keys are stored in their order, so that statements
// with several of them do not deadlock, and many do not wait for long, but are then tried one by
// one. Not flushed at once: the payment of this appeal commits with
// a flush before anybody outside hears of it, and an answer without a payment is no promise.
inline constexpr db::Statement kSubmit = {"intake.submit", R"sql(
WITH patience AS MATERIALIZED (
  SELECT CASE WHEN cardinality(CAST(:intake_ids AS uuid[])) > 1 THEN set_config('lock_timeout', '250ms', true) END
), given AS MATERIALIZED (
  SELECT * FROM unnest(CAST(:intake_ids AS uuid[]), CAST(:draft_ids AS uuid[]), CAST(:key_hmacs AS bytea[]),
                       CAST(:digests AS bytea[]), CAST(:lookup_key_ids AS text[]), CAST(:key_seconds AS bigint[]),
                       CAST(:allow_duplicates AS boolean[]), CAST(:city_ids AS text[]), CAST(:section_ids AS text[]),
                       CAST(:data_keys AS bytea[]), CAST(:data_key_ids AS text[]), CAST(:persons AS bytea[]),
                       CAST(:citation_hmacs AS bytea[]), CAST(:email_hmacs AS bytea[]), CAST(:appeal_types AS text[]),
                       CAST(:submissions AS bytea[]), CAST(:sha256s AS bytea[]))
    AS g (intake_id, draft_id, key_hmac, digest, lookup_key_id, key_seconds, allow_duplicate, city_id, section_id, data_key,
          data_key_id, person, citation_hmac, email_hmac, appeal_type, submission, content_sha256)
), paid_before AS (
  SELECT same.draft_id
  FROM unnest(CAST(:same_drafts AS uuid[]), CAST(:same_citations AS bytea[]), CAST(:same_emails AS bytea[]))
    AS same (draft_id, citation_hmac, email_hmac)
  JOIN intake.intakes i ON i.citation_hmac = same.citation_hmac AND coalesce(i.email_hmac, '') = same.email_hmac
  WHERE i.state IN ('paid', 'fulfilled') AND i.paid_at > now() - interval '30 days'
), known AS (
  SELECT older.draft_id
  FROM unnest(CAST(:older_drafts AS uuid[]), CAST(:older_key_hmacs AS bytea[])) AS older (draft_id, key_hmac)
  JOIN intake.request_keys k USING (key_hmac) WHERE k.expires_at > now()
), request AS (
  INSERT INTO intake.request_keys AS k (key_hmac, digest, lookup_key_id, intake_id, draft_id, expires_at)
  SELECT key_hmac, digest, lookup_key_id, intake_id, draft_id, now() + make_interval(secs => key_seconds)
  FROM patience CROSS JOIN given
  WHERE (allow_duplicate OR draft_id NOT IN (SELECT draft_id FROM paid_before))
    AND draft_id NOT IN (SELECT draft_id FROM known)
  ORDER BY key_hmac
  ON CONFLICT (key_hmac) DO UPDATE
  SET digest = excluded.digest, lookup_key_id = excluded.lookup_key_id, intake_id = excluded.intake_id,
      draft_id = excluded.draft_id, expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING draft_id
), stored_intake AS (
  INSERT INTO intake.intakes (intake_id, state, city_id, section_id, data_key, data_key_id, person_sealed,
                              citation_hmac, email_hmac, lookup_key_id, submitted_at)
  SELECT intake_id, 'submitted', city_id, section_id, data_key, data_key_id, person, citation_hmac,
         nullif(email_hmac, ''), lookup_key_id, now()
  FROM request JOIN given USING (draft_id)
), stored_draft AS (
  INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type, submission_sealed, content_sha256, is_final,
                             frozen_at)
  SELECT draft_id, intake_id, 1, appeal_type, submission, content_sha256, true, now()
  FROM request JOIN given USING (draft_id)
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, to_state, version)
  SELECT intake_id, 'customer', 'submit', 'submitted', 0 FROM request JOIN given USING (draft_id)
)
SELECT draft_id, set_config('synchronous_commit', 'off', true) FROM request)sql",
                                          db::Durability::kWithNext};

inline constexpr db::Statement kRepeated = {"intake.repeated", R"sql(
SELECT k.key_hmac, k.digest, k.intake_id, k.draft_id, d.content_sha256, i.token_version
FROM intake.request_keys k JOIN intake.drafts d USING (draft_id) JOIN intake.intakes i ON i.intake_id = k.intake_id
WHERE k.key_hmac = ANY (CAST(:key_hmacs AS bytea[])) AND k.expires_at > now()
LIMIT 1)sql"};

// The ids that kSubmit refused to repeat.
inline constexpr db::Statement kPaidBefore = {"intake.paid_before", R"sql(
SELECT i.payment_id, i.intake_id, d.draft_id
FROM intake.intakes i JOIN intake.drafts d USING (intake_id)
WHERE i.citation_hmac = ANY (CAST(:citation_hmacs AS bytea[]))
  AND coalesce(i.email_hmac, '') = ANY (CAST(:email_hmacs AS bytea[]))
  AND i.state IN ('paid', 'fulfilled') AND i.paid_at > now() - interval '30 days' AND d.is_final
ORDER BY i.paid_at DESC, d.version DESC
LIMIT 1)sql"};

inline constexpr db::Statement kSubmission = {"intake.submission", R"sql(
SELECT d.intake_id, d.submission_sealed, d.content_sha256, i.data_key, i.data_key_id
FROM intake.drafts d JOIN intake.intakes i USING (intake_id)
WHERE d.draft_id = CAST(:draft_id AS uuid) AND d.is_final)sql"};

inline constexpr db::Statement kPerson = {"intake.person", R"sql(
SELECT person_sealed, data_key, data_key_id FROM intake.intakes WHERE intake_id = CAST(:intake_id AS uuid))sql"};

// An intake may have had several payments. Payment says which one speaks for it, and under one
// version for all of them. Rows are locked in the order of their ids, so that two overlapping
// batches cannot deadlock. Not flushed at once: where the commit is lost in a crash, so is payment's
// later one that would have deleted the order from its outbox.
inline constexpr db::Statement kPutOrders = {"intake.put_orders", R"sql(
WITH news AS (
  SELECT DISTINCT ON (intake_id) *
  FROM unnest(CAST(:intakes AS uuid[]), CAST(:payments AS uuid[]), CAST(:versions AS bigint[]), CAST(:states AS text[]),
              CAST(:finals AS text[]))
    AS n (intake_id, payment_id, version, state, final_at)
  ORDER BY intake_id, version DESC
), before AS MATERIALIZED (
  SELECT i.intake_id, i.state FROM intake.intakes i JOIN news n USING (intake_id)
  WHERE i.payment_id IS NULL OR i.order_version < n.version
  ORDER BY i.intake_id FOR UPDATE OF i
), moved AS (
  UPDATE intake.intakes i
  SET state = n.state, payment_id = n.payment_id, order_version = n.version, updated_at = now(),
      erasable_from = CAST(nullif(n.final_at, '') AS timestamptz),
      paid_at = CASE WHEN n.state IN ('paid', 'fulfilled') THEN coalesce(i.paid_at, now()) ELSE i.paid_at END,
      fulfilled_at = CASE WHEN n.state = 'fulfilled' THEN coalesce(i.fulfilled_at, now()) ELSE i.fulfilled_at END
  FROM news n JOIN before USING (intake_id)
  WHERE i.intake_id = n.intake_id
    AND (i.payment_id IS NULL OR i.order_version < n.version)
  RETURNING i.intake_id, before.state AS from_state, i.state AS to_state, i.order_version AS version
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'payment', 'order', from_state, to_state, version FROM moved
)
SELECT count(*), set_config('synchronous_commit', 'off', true) FROM moved)sql",
                                             db::Durability::kWithNext};

// In small bites, so that no lock is held for long.
inline constexpr db::Statement kForgetRequests = {"intake.forget_requests", R"sql(
DELETE FROM intake.request_keys
WHERE key_hmac IN (SELECT key_hmac FROM intake.request_keys WHERE expires_at <= now() - interval '1 hour'
                   ORDER BY expires_at LIMIT 500 FOR UPDATE SKIP LOCKED)
RETURNING set_config('synchronous_commit', 'off', true))sql",
                                                  db::Durability::kWithNext};

}  // namespace fsft::intake::sql
