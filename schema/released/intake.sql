-- intake (fightsftickets) 0.1.0
PREPARE "intake.lock_erasures" AS /*  */
SELECT 1 FROM pg_advisory_xact_lock(hashtext('intake.erasures'));

PREPARE "intake.erasable" AS /* idle_days, ids */
SELECT intake_id, erased_at, data_key IS NULL,
       CASE WHEN payment_id IS NULL OR state = 'submitted' AND submitted_at > erasable_from THEN state IN ('draft', 'abandoned') OR submitted_at < now() - interval '2 days'
            ELSE erasable_from IS NOT NULL AND erasable_from <= now() END
       AND (CAST($1 AS integer) = 0 OR state NOT IN ('draft', 'submitted')
            OR updated_at < now() - make_interval(days => CAST($1 AS integer)))
FROM intake.intakes WHERE intake_id = ANY (CAST($2 AS uuid[]))
ORDER BY intake_id FOR UPDATE;

PREPARE "intake.erase" AS /* ids, actor */
WITH before AS (
  SELECT intake_id, state FROM intake.intakes WHERE intake_id = ANY (CAST($1 AS uuid[]))
), forgotten AS (
  UPDATE intake.intakes i
  SET data_key = NULL, data_key_id = NULL, person_sealed = NULL, citation_hmac = NULL, email_hmac = NULL,
      lookup_key_id = NULL, token_version = i.token_version + 1, revision = i.revision + 1, erased_at = now(),
      updated_at = now(),
      state = CASE WHEN i.state IN ('draft', 'submitted') THEN 'abandoned' ELSE i.state END
  FROM before b WHERE i.intake_id = b.intake_id
  RETURNING i.intake_id, i.payment_id, b.state AS from_state, i.state AS to_state, i.order_version AS version
), drafts AS (
  UPDATE intake.drafts d SET submission_sealed = NULL FROM forgotten f WHERE d.intake_id = f.intake_id
), exhibits AS (
  UPDATE intake.exhibits e SET image_sealed = NULL, caption_sealed = NULL FROM forgotten f
  WHERE e.intake_id = f.intake_id
), requests AS (
  DELETE FROM intake.request_keys k USING forgotten f WHERE k.intake_id = f.intake_id
), questions AS (
  UPDATE intake.support_requests s SET data_key = NULL, data_key_id = NULL, text_sealed = NULL, erased_at = now()
  FROM forgotten f WHERE s.intake_id = f.intake_id AND s.data_key IS NOT NULL
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, CAST($2 AS text), 'erase', from_state, to_state, version FROM forgotten
), listed AS (
  INSERT INTO intake.erasures (intake_id, actor) SELECT intake_id, CAST($2 AS text) FROM forgotten ORDER BY intake_id
)
SELECT intake_id, now() FROM forgotten;

PREPARE "intake.not_erased" AS /* ids */
SELECT intake_id FROM intake.intakes WHERE intake_id = ANY (CAST($1 AS uuid[])) AND data_key IS NOT NULL;

PREPARE "intake.erasures" AS /* after, limit */
SELECT sequence, intake_id FROM intake.erasures WHERE sequence > CAST($1 AS bigint)
ORDER BY sequence LIMIT CAST($2 AS integer);

PREPARE "intake.revoke_token" AS /* intake_id, actor */
WITH revoked AS (
  UPDATE intake.intakes SET token_version = token_version + 1, updated_at = now()
  WHERE intake_id = CAST($1 AS uuid)
  RETURNING intake_id, state, order_version
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, CAST($2 AS text), 'revoke_token', state, state, order_version FROM revoked
)
SELECT intake_id FROM revoked;

PREPARE "intake.add_exhibit" AS /* intake_id, key_hmac, digest, lookup_key_id, exhibit_id, key_seconds, older_key_hmacs, image, caption, sha256, width, height, byte_count */
WITH intake AS MATERIALIZED (
  SELECT intake_id, revision FROM intake.intakes
  WHERE intake_id = CAST($1 AS uuid) AND state = 'draft' AND data_key IS NOT NULL AND exhibit_count < 5
  FOR UPDATE
), request AS (
  INSERT INTO intake.request_keys AS k (key_hmac, digest, lookup_key_id, intake_id, exhibit_id, expires_at)
  SELECT CAST($2 AS bytea), CAST($3 AS bytea), CAST($4 AS text), intake_id,
         CAST($5 AS uuid), now() + make_interval(secs => CAST($6 AS double precision))
  FROM intake
  WHERE NOT EXISTS (SELECT FROM intake.request_keys
                    WHERE key_hmac = ANY (CAST($7 AS bytea[])) AND expires_at > now())
  ON CONFLICT (key_hmac) DO UPDATE
  SET digest = excluded.digest, lookup_key_id = excluded.lookup_key_id, intake_id = excluded.intake_id,
      draft_id = NULL, exhibit_id = excluded.exhibit_id, expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING k.intake_id, k.exhibit_id
), counted AS (
  UPDATE intake.intakes i
  SET exhibit_count = i.exhibit_count + 1, revision = i.revision + 1, updated_at = now()
  FROM request r WHERE i.intake_id = r.intake_id
  RETURNING i.intake_id, r.exhibit_id, i.exhibit_count AS position, i.revision
), stored AS (
  INSERT INTO intake.exhibits (exhibit_id, intake_id, position, image_sealed, caption_sealed, sha256, width, height,
                               byte_count)
  SELECT exhibit_id, intake_id, position, CAST($8 AS bytea), CAST($9 AS bytea), CAST($10 AS bytea),
         CAST($11 AS integer), CAST($12 AS integer), CAST($13 AS integer)
  FROM counted
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'customer', 'add_exhibit', 'draft', 'draft', revision FROM counted
)
SELECT position FROM counted;

PREPARE "intake.remove_exhibit" AS /* intake_id, revision, exhibit_id */
WITH intake AS MATERIALIZED (
  SELECT intake_id FROM intake.intakes
  WHERE intake_id = CAST($1 AS uuid) AND state = 'draft' AND revision = CAST($2 AS bigint)
  FOR UPDATE
), chosen AS (
  SELECT e.exhibit_id, e.intake_id, e.position,
         EXISTS (SELECT FROM intake.drafts d
                 WHERE d.intake_id = e.intake_id AND d.is_final AND d.frozen_at >= e.created_at) AS offered
  FROM intake.exhibits e JOIN intake USING (intake_id)
  WHERE e.exhibit_id = CAST($3 AS uuid) AND e.removed_at IS NULL
), removed AS (
  UPDATE intake.exhibits e
  SET position = NULL, removed_at = now(),
      image_sealed = CASE WHEN c.offered THEN e.image_sealed END,
      caption_sealed = CASE WHEN c.offered THEN e.caption_sealed END
  FROM chosen c WHERE e.exhibit_id = c.exhibit_id
), moved_up AS (
  UPDATE intake.exhibits e SET position = e.position - 1
  FROM chosen c WHERE e.intake_id = c.intake_id AND e.position > c.position
), requests AS (
  DELETE FROM intake.request_keys k USING chosen c WHERE k.exhibit_id = c.exhibit_id
), counted AS (
  UPDATE intake.intakes i
  SET exhibit_count = i.exhibit_count - 1, revision = i.revision + 1, updated_at = now()
  FROM chosen c WHERE i.intake_id = c.intake_id
  RETURNING i.intake_id, i.revision
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'customer', 'remove_exhibit', 'draft', 'draft', revision FROM counted
)
SELECT intake_id FROM counted;

PREPARE "intake.added_exhibit" AS /* key_hmacs */
SELECT k.key_hmac, k.digest, e.exhibit_id, e.position, e.width, e.height
FROM intake.request_keys k JOIN intake.exhibits e USING (exhibit_id)
WHERE k.key_hmac = ANY (CAST($1 AS bytea[])) AND k.expires_at > now()
LIMIT 1;

PREPARE "intake.exhibit_is_removed" AS /* exhibit_id, intake_id */
SELECT removed_at IS NOT NULL FROM intake.exhibits
WHERE exhibit_id = CAST($1 AS uuid) AND intake_id = CAST($2 AS uuid);

PREPARE "intake.exhibits" AS /* intake_id */
SELECT exhibit_id, position, width, height, sha256, caption_sealed
FROM intake.exhibits WHERE intake_id = CAST($1 AS uuid) AND removed_at IS NULL
ORDER BY position;

PREPARE "intake.exhibit_image" AS /* exhibit_id */
SELECT e.intake_id, e.image_sealed, i.data_key, i.data_key_id
FROM intake.exhibits e JOIN intake.intakes i USING (intake_id)
WHERE e.exhibit_id = CAST($1 AS uuid);

PREPARE "intake.look_up" AS /* citation_hmacs, email_hmacs */
SELECT intake_id FROM intake.intakes
WHERE citation_hmac = ANY (CAST($1 AS bytea[])) AND email_hmac = ANY (CAST($2 AS bytea[]))
  AND submitted_at IS NOT NULL
ORDER BY state IN ('paid', 'fulfilled') DESC, submitted_at DESC
LIMIT 1;

PREPARE "intake.search_by_hmac" AS /* citation_hmacs, email_hmacs */
SELECT intake_id, state, city_id, section_id, payment_id, created_at, submitted_at, paid_at, data_key IS NULL
FROM intake.intakes
WHERE citation_hmac = ANY (CAST($1 AS bytea[])) OR email_hmac = ANY (CAST($2 AS bytea[]))
ORDER BY created_at DESC
LIMIT 100;

PREPARE "intake.search_by_id" AS /* id */
SELECT intake_id, state, city_id, section_id, payment_id, created_at, submitted_at, paid_at, data_key IS NULL
FROM intake.intakes
WHERE intake_id = CAST($1 AS uuid) OR payment_id = CAST($1 AS uuid)
ORDER BY created_at DESC
LIMIT 100;

PREPARE "intake.registry" AS /*  */
SELECT a.city_id, a.section_id, c.time_zone, c.blocked, a.patterns, a.appeal_days, a.name, a.company, a.address_line1,
       a.address_line2, a.city, a.state, a.zip, c.name, c.state, a.agency, a.verified_on IS NOT NULL, a.withdrawn,
       a.missing_reason = '', a.certified_required, a.power_of_attorney, a.blocked_sender_states
FROM intake.authorities a JOIN intake.cities c USING (city_id)
ORDER BY a.city_id, a.section_id;

PREPARE "intake.submit" AS /* intake_ids, draft_ids, key_hmacs, digests, lookup_key_ids, key_seconds, allow_duplicates, city_ids, section_ids, data_keys, data_key_ids, persons, citation_hmacs, email_hmacs, appeal_types, submissions, sha256s, same_drafts, same_citations, same_emails, older_drafts, older_key_hmacs */
WITH patience AS MATERIALIZED (
  SELECT CASE WHEN cardinality(CAST($1 AS uuid[])) > 1 THEN set_config('lock_timeout', '250ms', true) END
), given AS MATERIALIZED (
  SELECT * FROM unnest(CAST($1 AS uuid[]), CAST($2 AS uuid[]), CAST($3 AS bytea[]),
                       CAST($4 AS bytea[]), CAST($5 AS text[]), CAST($6 AS bigint[]),
                       CAST($7 AS boolean[]), CAST($8 AS text[]), CAST($9 AS text[]),
                       CAST($10 AS bytea[]), CAST($11 AS text[]), CAST($12 AS bytea[]),
                       CAST($13 AS bytea[]), CAST($14 AS bytea[]), CAST($15 AS text[]),
                       CAST($16 AS bytea[]), CAST($17 AS bytea[]))
    AS g (intake_id, draft_id, key_hmac, digest, lookup_key_id, key_seconds, allow_duplicate, city_id, section_id, data_key,
          data_key_id, person, citation_hmac, email_hmac, appeal_type, submission, content_sha256)
), paid_before AS (
  SELECT same.draft_id
  FROM unnest(CAST($18 AS uuid[]), CAST($19 AS bytea[]), CAST($20 AS bytea[]))
    AS same (draft_id, citation_hmac, email_hmac)
  JOIN intake.intakes i ON i.citation_hmac = same.citation_hmac AND coalesce(i.email_hmac, '') = same.email_hmac
  WHERE i.state IN ('paid', 'fulfilled') AND i.paid_at > now() - interval '30 days'
), known AS (
  SELECT older.draft_id
  FROM unnest(CAST($21 AS uuid[]), CAST($22 AS bytea[])) AS older (draft_id, key_hmac)
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
SELECT draft_id, set_config('synchronous_commit', 'off', true) FROM request;

PREPARE "intake.repeated" AS /* key_hmacs */
SELECT k.key_hmac, k.digest, k.intake_id, k.draft_id, d.content_sha256, i.token_version
FROM intake.request_keys k JOIN intake.drafts d USING (draft_id) JOIN intake.intakes i ON i.intake_id = k.intake_id
WHERE k.key_hmac = ANY (CAST($1 AS bytea[])) AND k.expires_at > now()
LIMIT 1;

PREPARE "intake.paid_before" AS /* citation_hmacs, email_hmacs */
SELECT i.payment_id, i.intake_id, d.draft_id
FROM intake.intakes i JOIN intake.drafts d USING (intake_id)
WHERE i.citation_hmac = ANY (CAST($1 AS bytea[]))
  AND coalesce(i.email_hmac, '') = ANY (CAST($2 AS bytea[]))
  AND i.state IN ('paid', 'fulfilled') AND i.paid_at > now() - interval '30 days' AND d.is_final
ORDER BY i.paid_at DESC, d.version DESC
LIMIT 1;

PREPARE "intake.submission" AS /* draft_id */
SELECT d.intake_id, d.submission_sealed, d.content_sha256, i.data_key, i.data_key_id
FROM intake.drafts d JOIN intake.intakes i USING (intake_id)
WHERE d.draft_id = CAST($1 AS uuid) AND d.is_final;

PREPARE "intake.person" AS /* intake_id */
SELECT person_sealed, data_key, data_key_id FROM intake.intakes WHERE intake_id = CAST($1 AS uuid);

PREPARE "intake.put_orders" AS /* intakes, payments, versions, states, finals */
WITH news AS (
  SELECT DISTINCT ON (intake_id) *
  FROM unnest(CAST($1 AS uuid[]), CAST($2 AS uuid[]), CAST($3 AS bigint[]), CAST($4 AS text[]),
              CAST($5 AS text[]))
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
SELECT count(*), set_config('synchronous_commit', 'off', true) FROM moved;

PREPARE "intake.forget_requests" AS /*  */
DELETE FROM intake.request_keys
WHERE key_hmac IN (SELECT key_hmac FROM intake.request_keys WHERE expires_at <= now() - interval '1 hour'
                   ORDER BY expires_at LIMIT 500 FOR UPDATE SKIP LOCKED)
RETURNING set_config('synchronous_commit', 'off', true);

PREPARE "intake.old_wraps" AS /* current */
SELECT (SELECT count(*) FROM intake.intakes WHERE data_key_id < CAST($1 AS text))
     + (SELECT count(*) FROM intake.intakes WHERE data_key_id > CAST($1 AS text));

PREPARE "intake.find_wrapped" AS /* old_key, after, batch */
SELECT intake_id, data_key, data_key_id FROM intake.intakes
WHERE (data_key_id, intake_id) > (CAST($1 AS text), CAST($2 AS uuid)) AND data_key_id <= CAST($1 AS text)
ORDER BY data_key_id, intake_id LIMIT CAST($3 AS integer) FOR UPDATE SKIP LOCKED;

PREPARE "intake.rewrap" AS /* key_id, ids, keys */
UPDATE intake.intakes i SET data_key = n.data_key, data_key_id = CAST($1 AS text)
FROM unnest(CAST($2 AS uuid[]), CAST($3 AS bytea[])) AS n (intake_id, data_key)
WHERE i.intake_id = n.intake_id;

PREPARE "intake.old_hashes" AS /* current */
SELECT (SELECT count(*) FROM intake.intakes WHERE lookup_key_id < CAST($1 AS text))
     + (SELECT count(*) FROM intake.intakes WHERE lookup_key_id > CAST($1 AS text));

PREPARE "intake.find_hashed" AS /* old_key, after, batch */
SELECT intake_id, data_key, data_key_id, person_sealed FROM intake.intakes
WHERE (lookup_key_id, intake_id) > (CAST($1 AS text), CAST($2 AS uuid))
  AND lookup_key_id <= CAST($1 AS text)
ORDER BY lookup_key_id, intake_id LIMIT CAST($3 AS integer) FOR UPDATE SKIP LOCKED;

PREPARE "intake.rehash" AS /* key_id, ids, citation_hmacs, email_hmacs */
UPDATE intake.intakes i
SET citation_hmac = nullif(n.citation_hmac, ''), email_hmac = nullif(n.email_hmac, ''),
    lookup_key_id = CAST($1 AS text)
FROM unnest(CAST($2 AS uuid[]), CAST($3 AS bytea[]), CAST($4 AS bytea[]))
  AS n (intake_id, citation_hmac, email_hmac)
WHERE i.intake_id = n.intake_id;

PREPARE "intake.old_requests" AS /* current */
SELECT (SELECT count(*) FROM intake.request_keys WHERE lookup_key_id < CAST($1 AS text))
     + (SELECT count(*) FROM intake.request_keys WHERE lookup_key_id > CAST($1 AS text));

PREPARE "intake.look_unpaid" AS /* days, after_time, after_id, batch */
SELECT intake_id, created_at, updated_at < now() - make_interval(days => CAST($1 AS integer))
FROM intake.intakes
WHERE data_key_id IS NOT NULL AND payment_id IS NULL
  AND created_at < now() - make_interval(days => CAST($1 AS integer))
  AND (created_at, intake_id) > (CAST($2 AS timestamptz), CAST($3 AS uuid))
ORDER BY created_at, intake_id LIMIT CAST($4 AS integer);

PREPARE "intake.look_paid" AS /* days, after_time, after_id, batch */
SELECT intake_id, created_at,
       coalesce(erasable_from < now() - make_interval(days => CAST($1 AS integer)), false)
       AND (state NOT IN ('draft', 'submitted') OR updated_at < now() - make_interval(days => CAST($1 AS integer)))
FROM intake.intakes
WHERE data_key_id IS NOT NULL AND payment_id IS NOT NULL
  AND created_at < now() - make_interval(days => CAST($1 AS integer))
  AND (created_at, intake_id) > (CAST($2 AS timestamptz), CAST($3 AS uuid))
ORDER BY created_at, intake_id LIMIT CAST($4 AS integer);

PREPARE "intake.look_questions" AS /* days, after_time, after_id, batch */
SELECT support_id, created_at,
       NOT EXISTS (SELECT FROM intake.intakes i WHERE i.intake_id = s.intake_id AND i.data_key IS NOT NULL)
FROM intake.support_requests s
WHERE data_key_id IS NOT NULL
  AND created_at < now() - make_interval(days => CAST($1 AS integer))
  AND (created_at, support_id) > (CAST($2 AS timestamptz), CAST($3 AS uuid))
ORDER BY created_at, support_id LIMIT CAST($4 AS integer);

PREPARE "intake.forget_question" AS /* id, days */
UPDATE intake.support_requests SET data_key = NULL, data_key_id = NULL, text_sealed = NULL, erased_at = now()
WHERE support_id = CAST($1 AS uuid) AND data_key IS NOT NULL
  AND created_at < now() - make_interval(days => CAST($2 AS integer))
RETURNING support_id;

PREPARE "intake.look_question_rows" AS /* days, after_time, after_id, batch */
SELECT support_id, created_at, data_key IS NULL
FROM intake.support_requests
WHERE created_at < now() - make_interval(days => CAST($1 AS integer))
  AND (created_at, support_id) > (CAST($2 AS timestamptz), CAST($3 AS uuid))
ORDER BY created_at, support_id LIMIT CAST($4 AS integer);

PREPARE "intake.delete_question" AS /* id, days */
DELETE FROM intake.support_requests
WHERE support_id = CAST($1 AS uuid) AND data_key IS NULL
  AND created_at < now() - make_interval(days => CAST($2 AS integer))
RETURNING support_id;

PREPARE "intake.look_intakes" AS /* days, after_time, after_id, batch */
SELECT intake_id, created_at,
       erased_at IS NOT NULL
       AND greatest(created_at, submitted_at, erasable_from) < now() - make_interval(days => CAST($1 AS integer))
FROM intake.intakes
WHERE data_key_id IS NULL
  AND created_at < now() - make_interval(days => CAST($1 AS integer))
  AND (created_at, intake_id) > (CAST($2 AS timestamptz), CAST($3 AS uuid))
ORDER BY created_at, intake_id LIMIT CAST($4 AS integer);

PREPARE "intake.delete_intake" AS /* id, days */
WITH due AS MATERIALIZED (
  SELECT intake_id, state, order_version FROM intake.intakes
  WHERE intake_id = CAST($1 AS uuid) AND data_key_id IS NULL AND erased_at IS NOT NULL
    AND greatest(created_at, submitted_at, erasable_from) < now() - make_interval(days => CAST($2 AS integer))
  FOR UPDATE SKIP LOCKED
), deleted AS (
  DELETE FROM intake.intakes i USING due WHERE i.intake_id = due.intake_id
  RETURNING i.intake_id, due.state, due.order_version
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'retention', 'delete', state, 'deleted', order_version FROM deleted
)
SELECT intake_id, set_config('synchronous_commit', 'off', true) FROM deleted;

PREPARE "intake.begin" AS /* key_hmac, digest, lookup_key_id, intake_id, key_seconds, older_key_hmacs, data_key, data_key_id, person, citation_hmac, email_hmac */
WITH request AS (
  INSERT INTO intake.request_keys AS k (key_hmac, digest, lookup_key_id, intake_id, expires_at)
  SELECT CAST($1 AS bytea), CAST($2 AS bytea), CAST($3 AS text), CAST($4 AS uuid),
         now() + make_interval(secs => CAST($5 AS double precision))
  WHERE NOT EXISTS (SELECT FROM intake.request_keys
                    WHERE key_hmac = ANY (CAST($6 AS bytea[])) AND expires_at > now())
  ON CONFLICT (key_hmac) DO UPDATE
  SET digest = excluded.digest, lookup_key_id = excluded.lookup_key_id, intake_id = excluded.intake_id,
      expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING k.intake_id
), stored AS (
  INSERT INTO intake.intakes (intake_id, state, data_key, data_key_id, person_sealed, citation_hmac, email_hmac,
                              lookup_key_id)
  SELECT intake_id, 'draft', CAST($7 AS bytea), CAST($8 AS text), CAST($9 AS bytea),
         CAST($10 AS bytea), CAST($11 AS bytea), CAST($3 AS text)
  FROM request
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, to_state, version)
  SELECT intake_id, 'customer', 'begin', 'draft', 1 FROM request
)
SELECT intake_id FROM request;

PREPARE "intake.begun" AS /* key_hmacs */
SELECT k.key_hmac, k.digest, k.intake_id, i.token_version
FROM intake.request_keys k JOIN intake.intakes i USING (intake_id)
WHERE k.key_hmac = ANY (CAST($1 AS bytea[])) AND k.expires_at > now()
LIMIT 1;

PREPARE "intake.working_copy" AS /* intake_id */
SELECT i.state, i.revision, i.token_version, i.payment_id, i.data_key, i.data_key_id, i.person_sealed,
       i.exhibit_count, d.draft_id, d.version, d.appeal_type, d.is_final, d.submission_sealed, d.content_sha256
FROM intake.intakes i
LEFT JOIN LATERAL (SELECT * FROM intake.drafts WHERE intake_id = i.intake_id ORDER BY version DESC LIMIT 1) d ON true
WHERE i.intake_id = CAST($1 AS uuid);

PREPARE "intake.change" AS /* intake_id, state, revision, person, citation_hmac, email_hmac, lookup_key_id, draft_id, version, appeal_type, submission */
WITH intake AS MATERIALIZED (
  SELECT intake_id, state, revision FROM intake.intakes
  WHERE intake_id = CAST($1 AS uuid) AND state = CAST($2 AS text)
    AND revision = CAST($3 AS bigint)
  FOR UPDATE
), changed AS (
  UPDATE intake.intakes i
  SET state = 'draft', revision = i.revision + 1, person_sealed = CAST($4 AS bytea),
      citation_hmac = CAST($5 AS bytea), email_hmac = CAST($6 AS bytea),
      lookup_key_id = CAST($7 AS text), updated_at = now()
  FROM intake WHERE i.intake_id = intake.intake_id
  RETURNING i.intake_id
), draft AS (
  INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type, submission_sealed)
  SELECT CAST($8 AS uuid), intake_id, CAST($9 AS integer), CAST($10 AS text),
         CAST($11 AS bytea)
  FROM changed WHERE CAST($8 AS uuid) IS NOT NULL
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'customer', 'change', state, 'draft', revision + 1 FROM intake
)
SELECT intake_id FROM changed;

PREPARE "intake.save_draft" AS /* intake_id, state, revision, key_hmac, digest, lookup_key_id, draft_id, key_seconds, older_key_hmacs, version, appeal_type, submission */
WITH intake AS MATERIALIZED (
  SELECT intake_id, state, revision FROM intake.intakes
  WHERE intake_id = CAST($1 AS uuid) AND state = CAST($2 AS text)
    AND revision = CAST($3 AS bigint)
  FOR UPDATE
), request AS (
  INSERT INTO intake.request_keys AS k (key_hmac, digest, lookup_key_id, intake_id, draft_id, expires_at)
  SELECT CAST($4 AS bytea), CAST($5 AS bytea), CAST($6 AS text), intake_id,
         CAST($7 AS uuid), now() + make_interval(secs => CAST($8 AS double precision))
  FROM intake
  WHERE NOT EXISTS (SELECT FROM intake.request_keys
                    WHERE key_hmac = ANY (CAST($9 AS bytea[])) AND expires_at > now())
  ON CONFLICT (key_hmac) DO UPDATE
  SET digest = excluded.digest, lookup_key_id = excluded.lookup_key_id, intake_id = excluded.intake_id,
      draft_id = excluded.draft_id, expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING k.intake_id, k.draft_id
), changed AS (
  UPDATE intake.intakes i SET state = 'draft', revision = i.revision + 1, updated_at = now()
  FROM request WHERE i.intake_id = request.intake_id
), draft AS (
  INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type, submission_sealed)
  SELECT draft_id, intake_id, CAST($10 AS integer), CAST($11 AS text), CAST($12 AS bytea)
  FROM request
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'customer', 'save_draft', intake.state, 'draft', intake.revision + 1
  FROM intake JOIN request USING (intake_id)
)
SELECT draft_id FROM request;

PREPARE "intake.saved_draft" AS /* key_hmacs */
SELECT k.key_hmac, k.digest, k.draft_id, d.version
FROM intake.request_keys k JOIN intake.drafts d USING (draft_id)
WHERE k.key_hmac = ANY (CAST($1 AS bytea[])) AND k.expires_at > now()
LIMIT 1;

PREPARE "intake.freeze" AS /* citation_hmacs, email_hmacs, allow_duplicate, intake_id, state, revision, key_hmac, digest, lookup_key_id, draft_id, key_seconds, older_key_hmacs, version, appeal_type, submission, sha256, city_id, section_id, person, citation_hmac, email_hmac */
WITH paid_before AS (
  SELECT FROM intake.intakes
  WHERE citation_hmac = ANY (CAST($1 AS bytea[]))
    AND coalesce(email_hmac, '') = ANY (CAST($2 AS bytea[]))
    AND state IN ('paid', 'fulfilled') AND paid_at > now() - interval '30 days'
    AND NOT CAST($3 AS boolean)
), intake AS MATERIALIZED (
  SELECT intake_id, state, revision FROM intake.intakes
  WHERE intake_id = CAST($4 AS uuid) AND state = CAST($5 AS text)
    AND revision = CAST($6 AS bigint)
  FOR UPDATE
), request AS (
  INSERT INTO intake.request_keys AS k (key_hmac, digest, lookup_key_id, intake_id, draft_id, expires_at)
  SELECT CAST($7 AS bytea), CAST($8 AS bytea), CAST($9 AS text), intake_id,
         CAST($10 AS uuid), now() + make_interval(secs => CAST($11 AS double precision))
  FROM intake
  WHERE NOT EXISTS (SELECT FROM paid_before)
    AND NOT EXISTS (SELECT FROM intake.request_keys
                    WHERE key_hmac = ANY (CAST($12 AS bytea[])) AND expires_at > now())
  ON CONFLICT (key_hmac) DO UPDATE
  SET digest = excluded.digest, lookup_key_id = excluded.lookup_key_id, intake_id = excluded.intake_id,
      draft_id = excluded.draft_id, expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING k.intake_id, k.draft_id
), frozen AS (
  INSERT INTO intake.drafts AS d (draft_id, intake_id, version, appeal_type, submission_sealed, content_sha256, is_final,
                                  frozen_at)
  SELECT draft_id, intake_id, CAST($13 AS integer), CAST($14 AS text), CAST($15 AS bytea),
         CAST($16 AS bytea), true, now()
  FROM request
  ON CONFLICT (draft_id) DO UPDATE
  SET appeal_type = excluded.appeal_type, submission_sealed = excluded.submission_sealed,
      content_sha256 = excluded.content_sha256, is_final = true, frozen_at = excluded.frozen_at
  WHERE NOT d.is_final
), changed AS (
  UPDATE intake.intakes i
  SET state = 'submitted', revision = i.revision + 1, city_id = CAST($17 AS text),
      section_id = CAST($18 AS text), person_sealed = CAST($19 AS bytea),
      citation_hmac = CAST($20 AS bytea), email_hmac = CAST($21 AS bytea),
      lookup_key_id = CAST($9 AS text), submitted_at = now(), updated_at = now()
  FROM request WHERE i.intake_id = request.intake_id
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'customer', 'submit', intake.state, 'submitted', intake.revision + 1
  FROM intake JOIN request USING (intake_id)
)
SELECT draft_id, set_config('synchronous_commit', 'off', true) FROM request;

PREPARE "intake.ask" AS /* key_hmac, digest, lookup_key_id, support_id, key_seconds, older_key_hmacs, payment_id, data_key, data_key_id, text */
WITH request AS (
  INSERT INTO intake.request_keys AS k (key_hmac, digest, lookup_key_id, support_id, expires_at)
  SELECT CAST($1 AS bytea), CAST($2 AS bytea), CAST($3 AS text), CAST($4 AS uuid),
         now() + make_interval(secs => CAST($5 AS double precision))
  WHERE NOT EXISTS (SELECT FROM intake.request_keys
                    WHERE key_hmac = ANY (CAST($6 AS bytea[])) AND expires_at > now())
  ON CONFLICT (key_hmac) DO UPDATE
  SET digest = excluded.digest, lookup_key_id = excluded.lookup_key_id, intake_id = NULL, draft_id = NULL,
      exhibit_id = NULL, support_id = excluded.support_id, expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING k.support_id
)
INSERT INTO intake.support_requests (support_id, payment_id, intake_id, data_key, data_key_id, text_sealed)
SELECT support_id, CAST($7 AS uuid),
       (SELECT intake_id FROM intake.intakes WHERE payment_id = CAST($7 AS uuid)),
       CAST($8 AS bytea), CAST($9 AS text), CAST($10 AS bytea)
FROM request
RETURNING support_id;

PREPARE "intake.asked_before" AS /* key_hmacs */
SELECT key_hmac, digest, support_id FROM intake.request_keys
WHERE key_hmac = ANY (CAST($1 AS bytea[])) AND expires_at > now() AND support_id IS NOT NULL
LIMIT 1;

PREPARE "intake.questions" AS /* before_time, before_id, limit */
SELECT support_id, created_at, payment_id, data_key, data_key_id, text_sealed
FROM intake.support_requests
WHERE (created_at, support_id) < (CAST($1 AS timestamptz), CAST($2 AS uuid))
ORDER BY created_at DESC, support_id DESC LIMIT CAST($3 AS integer);

PREPARE "intake.old_question_wraps" AS /* current */
SELECT (SELECT count(*) FROM intake.support_requests WHERE data_key_id < CAST($1 AS text))
     + (SELECT count(*) FROM intake.support_requests WHERE data_key_id > CAST($1 AS text));

PREPARE "intake.find_wrapped_questions" AS /* old_key, after, batch */
SELECT support_id, data_key, data_key_id FROM intake.support_requests
WHERE (data_key_id, support_id) > (CAST($1 AS text), CAST($2 AS uuid)) AND data_key_id <= CAST($1 AS text)
ORDER BY data_key_id, support_id LIMIT CAST($3 AS integer) FOR UPDATE SKIP LOCKED;

PREPARE "intake.rewrap_questions" AS /* key_id, ids, keys */
UPDATE intake.support_requests s SET data_key = n.data_key, data_key_id = CAST($1 AS text)
FROM unnest(CAST($2 AS uuid[]), CAST($3 AS bytea[])) AS n (support_id, data_key)
WHERE s.support_id = n.support_id;

PREPARE "ping" AS /*  */SELECT 1;

