"""The mutants: each takes away one thing that stands between a paid order and a second letter, or
between a customer and a wrong charge.

A mutant of SQL keeps every parameter in use, so that its test fails because of what the statement
does and not because it cannot be run.
"""

from mutants.mutant import Mutant

MAILING = "services/fulfillment/mailing/"

MUTANTS = (
    # --- the key is the guard
    Mutant("post to Lob without a key",
           "lob_test", "LobClientTest.PostsTheLetterUnderItsPaymentAndGeneration",
           "services/fulfillment/lob/lob_client.cc",
           (('''  request.headers.emplace_back("Idempotency-Key",
                               job.payment_id + ":" + std::to_string(job.generation));
''', ""),)),
    Mutant("ask Stripe for a session without a key",
           "payment_test", "SessionOpenerTest.RepeatsTheSameBytesUnderTheSameKeyAfterAFailure",
           "services/payment/stripe_api.cc",
           (('{{"Idempotency-Key", std::string(idempotency_key)},\n                     '
             '{"Content-Type"',
             '{{"X-Key", std::string(idempotency_key)},\n                     {"Content-Type"'),)),
    Mutant("send a request again that has no key",
           "payment_test", "StripeApiTest.RepeatsNothingThatHasNoKey",
           "services/payment/stripe_api.cc",
           (("  return Send(std::move(request), deadline);\n",
             "  return SendAgain(request, deadline);\n"),)),
    Mutant("ask Stripe on and on although it does not answer",
           "payment_test", "CircuitBreakerTest.OpensAfterFailuresInARowAndSaysWhenToComeBack",
           "services/payment/circuit_breaker.cc",
           (("failures_ >= options_.failures", "failures_ < 0"),)),
    Mutant("take a live key in the place of a test key",
           "payment_test", "StripeSecretsTest.TakeNoKeyOfTheOtherMode",
           "services/payment/stripe_secrets.cc",
           (("if (changed.StripeLivemode() == livemode)",
             "if (changed.StripeLivemode() == livemode || !livemode)"),)),
    Mutant("overlook a refund that is not on the first page",
           "stripe_client_test", "StripeClientTest.FindsItsRefundBehindMoreThanAPageOfOthers",
           "services/payment/stripe_refunds.cc",
           (("    has_more = page->has_more;\n", "    has_more = false;\n"),)),

    # --- who may post, and when
    Mutant("claim a letter that another one has leased",
           "fulfillment_test",
           "MailingStoreTest.ALeasedLetterIsSeenByNobodyElseUntilTheLeaseEnds",
           MAILING + "mailing_sql.h",
           (("want = 'mail' AND next_at <= now()\n", "want = 'mail'\n"),)),
    Mutant("post without looking whether the letter is still wanted",
           "fulfillment_test", "SendingTest.NoPostBeginsWithoutTheLeaseOrAgainstPaymentsWord",
           MAILING + "mailing_sql.h",
           ((" AND want = 'mail' AND next_at > now()", " AND next_at > now()"),)),
    Mutant("post although the lease would end before the answer",
           "fulfillment_test", "MailerTest.NoPostStartsThatTheLeaseWouldNotOutlive",
           MAILING + "mailer.cc",
           (("rpc::Remaining(lease_end) < options_.print_timeout",
             "rpc::Remaining(lease_end) < -options_.print_timeout"),)),
    Mutant("write down an attempt although the lease was lost",
           "fulfillment_test", "SendingTest.WhoLostTheLeaseWritesNothing",
           MAILING + "mailing_sql.h",
           (("claim = CAST(:claim AS bigint) AND attempt = CAST(:attempt AS integer)\n"
             "    AND state IN (CAST(:from_state AS text), 'cancelling')\n  FOR UPDATE",
             "CAST(:claim AS bigint) > 0 AND CAST(:attempt AS integer) >= 0\n"
             "    AND state IN (CAST(:from_state AS text), 'cancelling')\n  FOR UPDATE"),)),
    Mutant("post again after the printer may have forgotten the key",
           "fulfillment_test", "MailerTest.ADoubtThatIsTooOldIsNeverPostedAgain",
           MAILING + "mailer.cc",
           (("if (letter.unsure_too_long) return", "if (letter.attempt < 0) return"),)),
    Mutant("post a second time without searching first",
           "fulfillment_test", "MailerTest.ASecondAttemptSearchesFirstAndAHitIsProof",
           MAILING + "mailer.cc",
           (("if (letter.search_first) {", "if (letter.attempt < 0) {"),)),
    Mutant("print what was not paid for",
           "mailing_rule_test", "Submissions.RefusesAnythingElse",
           MAILING + "submissions.cc",
           (('if (crypto::Sha256(bytes) != content_sha256) return',
             'if (content_sha256.empty()) return'),)),
    Mutant("print a photograph that was not paid for",
           "fulfillment_test", "MailerTest.APhotographThatIsGoneOrAnotherOneIsADeadLetter",
           MAILING + "submissions.cc",
           (('if (crypto::Sha256(*jpeg) != exhibit.sha256()) return',
             'if (exhibit.sha256().empty()) return'),)),
    Mutant("count photographs without holding their appeal",
           "exhibits_test", "ExhibitsTest.TakesFiveOfManyThatComeSideBySide",
           "services/intake/exhibit_sql.h",
           (("exhibit_count < 5\n  FOR UPDATE\n", "exhibit_count < 5\n"),)),

    # --- what was offered for payment stays as it is
    Mutant("change an appeal that was paid for",
           "intake_test", "StepFlowTest.RefusesAChangeByTheStateOfTheAppeal",
           "services/intake/step_flow.cc",
           (('copy.state == "paid" ||', 'copy.state == "unheard of" ||'),)),
    Mutant("take a letter that was written for an older version of the appeal",
           "intake_test", "StepFlowTest.StoresNothingThatWasMadeForAnOlderVersion",
           "services/intake/step_sql.h",
           (('''{"intake.save_draft", R"sql(
WITH intake AS MATERIALIZED (
  SELECT intake_id, state, revision FROM intake.intakes
  WHERE intake_id = CAST(:intake_id AS uuid) AND state = CAST(:state AS text)
    AND revision = CAST(:revision AS bigint)''', '''{"intake.save_draft", R"sql(
WITH intake AS MATERIALIZED (
  SELECT intake_id, state, revision FROM intake.intakes
  WHERE intake_id = CAST(:intake_id AS uuid) AND state = CAST(:state AS text)
    AND 0 < CAST(:revision AS bigint)'''),)),
    Mutant("say that a checkout has ended although Stripe is silent",
           "payment_test",
           "SessionOpenerTest.DoesNotSayThatACheckoutHasEndedWhenStripeIsSilent",
           "services/payment/session_opener.cc",
           (("if (!expired.ok()) return Unavailable(RetryAfterOf(expired.status()));",
             "if (!expired.ok()) return absl::OkStatus();"),)),
    Mutant("end somebody's checkout for whoever has not the token",
           "gateway_test", "IntakesTest.EndsNoCheckoutForAWrongToken",
           "gateway/changing.h",
           (('.reason() != "checkout_open"', '.reason() == ""'),)),

    Mutant("send out a letter whose end was cut off",
           "letter_test", "LetterExhibitsTest.NeverAnswersWithAPdfThatIsCutOff",
           "services/fulfillment/letter/typesetter.cc",
           (('if (output.too_large) return absl', 'if (output.pdf.empty()) return absl'),)),

    # --- what an answer proves
    Mutant("take a time-out for a refusal",
           "lob_test", "LobAnswer.OnlyARequestThatNeverLeftIsAProof",
           "services/fulfillment/lob/lob_answer.cc",
           (('return Unknown{"printer_timeout"};',
             'return NotNow{.cause = NotNow::Cause::kUnreachable};'),)),
    Mutant("forget the doubt after a time-out",
           "mailing_rule_test", "Decision.OnlyAcceptanceMailsAndOnlyProofClearsADoubt",
           MAILING + "decision.cc",
           (('''                    .reason = answer.reason,
                    .failures = failures,
                    .unsure = true};''', '''                    .reason = answer.reason,
                    .failures = failures,
                    .unsure = false};'''),)),
    Mutant("take a search that finds nothing for a proof",
           "mailing_rule_test", "AfterSearch.AMissAloneProvesNothing",
           MAILING + "findings.cc",
           (("if (letter.miss_counts && control_seen) {",
             "if (letter.miss_counts || !control_seen) {"),)),
    Mutant("leave a second letter at the printer",
           "fulfillment_test", "FollowerTest.OfTwoLettersOnlyTheAdoptedOneStays",
           MAILING + "follower.cc",
           (("for (const std::string& id : findings.extra_ids) CancelExtra(letter, id);",
             "if (letter.misses < 0) CancelExtra(letter, letter.letter_id);"),)),

    # --- money
    Mutant("take any amount for the price",
           "payment_test", "EventStoreTest.PutsMoneyThatDoesNotFitIntoReview",
           "services/payment/event_sql.h",
           (("      WHEN amount_cents <> CAST(:amount AS bigint) THEN 'wrong_amount'\n", ""),)),
    Mutant("take any currency",
           "payment_test", "EventStoreTest.PutsAnotherCurrencyIntoReview",
           "services/payment/event_sql.h",
           (("      WHEN currency <> CAST(:currency AS char(3)) THEN 'wrong_currency'\n", ""),)),
    Mutant("take test money for real money",
           "payment_test", "EventStoreTest.RejectsAnEventOfTheOtherLivemode",
           "services/payment/event_sql.h",
           (("    AND CAST(:livemode AS boolean) = CAST(:our_livemode AS boolean)\n"
             "    AND coalesce(stripe_session_id", "    AND coalesce(stripe_session_id"),
            ("         CASE WHEN CAST(:livemode AS boolean) <> CAST(:our_livemode AS boolean) THEN "
             "'rejected'\n              WHEN decision.verdict IS NULL",
             "         CASE WHEN CAST(:our_livemode AS boolean) IS NULL THEN "
             "'rejected'\n              WHEN decision.verdict IS NULL"))),
    Mutant("take a second paid session of a draft for a first one",
           "payment_test", "EventStoreTest.PutsTheSecondPaidSessionOfADraftIntoReview",
           "services/payment/event_sql.h",
           (("other.draft_id = before.draft_id AND other.state = 'paid'",
             "other.draft_id = before.payment_id AND other.state = 'paid'"),)),
    Mutant("believe the snapshot where the row was locked later",
           "payment_test",
           "EventStoreTest.PutsMoneyIntoReviewThatArrivesWhileTheSessionIsEnding",
           "services/payment/event_sql.h",
           ((" AND event.outcome = 'processed'\n  RETURNING p.payment_id",
             " AND p.state = decision.state AND event.outcome = 'processed'\n"
             "  RETURNING p.payment_id"),)),
    Mutant("acknowledge an event that could not be stored",
           "payment_test", "WebhooksTest.TakesNothingThatCouldNotBeStored",
           "services/payment/webhooks.cc",
           (("  if (applied.ok()) Tell(event, *applied);\n",
             '  if (!applied.ok()) applied = AppliedEvent{.outcome = "processed"};\n'),)),

    # --- state with versions
    Mutant("forget an order before it is delivered",
           "work_test", "OutboxTest.PutsOffWhatCouldNotBeDelivered",
           "shared/work/outbox.cc",
           (("  const absl::Status delivered = deliver_(payment_ids, deadline);\n",
             "  if (absl::Status early = Settle(rows, deadline); !early.ok()) return early;\n"
             "  const absl::Status delivered = deliver_(payment_ids, deadline);\n"),)),
    Mutant("forget an order that has changed during its delivery",
           "work_test", "OutboxTest.DeliversOnceMoreWhatChangedDuringTheDelivery",
           "shared/work/outbox_sql.h",
           ((" AND o.target = CAST(:target AS text) AND o.claim = done.claim",
             " AND o.target = CAST(:target AS text) AND o.claim >= done.claim"),)),
    Mutant("let payment's older word overrule its newer one",
           "fulfillment_test", "LettersStoreTest.AVersionThatIsNotNewerChangesNothing",
           "services/fulfillment/letters_sql.h",
           (("  WHERE l.order_version < o.version\n", "  WHERE l.order_version <> o.version\n"),
            ("l.payment_id = b.payment_id AND l.order_version < o.version",
             "l.payment_id = b.payment_id AND l.order_version <> o.version"))),
    Mutant("let fulfillment's older news overrule its newer ones",
           "payment_test", "PaymentStoreTest.TakesNewsOfALetterOnceAndInAnyOrder",
           "services/payment/payment_sql.h",
           (("  WHERE p.delivery_version < n.version\n",
             "  WHERE p.delivery_version <> n.version\n"),
            ("p.payment_id = n.payment_id AND p.delivery_version < n.version",
             "p.payment_id = n.payment_id AND p.delivery_version <> n.version"))),
    Mutant("answer another request that came under the same key",
           "intake_test", "IntakeStoreTest.RefusesAKeyThatComesWithAnotherBody",
           "services/intake/intake_store.cc",
           (("if (!key.HasDigest((*row)->Bytes(0), (*row)->Bytes(1))) return",
             "if ((*row)->Bytes(0).empty()) return"),)),
)
