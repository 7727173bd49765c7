#include "tests/schedules/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "fightsftickets/intake/v1/submission.pb.h"
#include "services/intake/sealing.h"
#include "shared/crypto/digest.h"
#include "shared/logging/logging.h"

namespace fsft::schedules {
namespace {

constexpr int64_t kPrice = 989;

// Nobody else's session: Stripe answers the same one for the same payment.
std::string SessionOf(const std::string& payment_id) { return "cs_" + payment_id; }

// A dispute names nothing else.
std::string IntentOf(const std::string& payment_id) { return "pi_" + payment_id; }

db::Deadline Soon() { return std::chrono::steady_clock::now() + std::chrono::minutes(5); }

constexpr db::Statement kHold = {"schedules.hold", R"sql(
WITH held AS (
  UPDATE payment.payments SET hold = CAST(:hold AS boolean), version = version + 1
  WHERE payment_id = CAST(:payment_id AS uuid) AND state = 'paid' AND hold <> CAST(:hold AS boolean)
  RETURNING payment_id, state, version
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'operator', 'hold', state, state, version FROM held
)
INSERT INTO payment.outbox (payment_id, target, version) SELECT payment_id, 'fulfillment', version FROM held
ON CONFLICT (payment_id, target) DO UPDATE
SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0)sql"};

// Whatever waits for its time, or for the end of a lease, is due.
constexpr db::Statement kMessagesDue = {"schedules.messages_due", R"sql(
WITH payments AS (UPDATE payment.outbox SET next_at = now() WHERE next_at > now())
UPDATE fulfillment.outbox SET next_at = now() WHERE next_at > now())sql"};

// Of this schedule's letters one is due, so that it is known which one is claimed.
constexpr db::Statement kLetterDue = {"schedules.letter_due", R"sql(
UPDATE fulfillment.letters
SET next_at = now() + CASE WHEN payment_id = CAST(:payment_id AS uuid) THEN interval '0' ELSE interval '1 day' END
WHERE intake_id = ANY (CAST(:intakes AS uuid[])))sql"};

// For a letter in doubt, if there is one; a day, so that the printer has forgotten its key too.
constexpr db::Statement kADayLater = {"schedules.a_day_later", R"sql(
UPDATE fulfillment.letters
SET unsure_since = unsure_since - interval '25 hours', last_post_at = last_post_at - interval '25 hours'
WHERE payment_id = (SELECT payment_id FROM fulfillment.letters
                    WHERE intake_id = ANY (CAST(:intakes AS uuid[])) AND unsure_since IS NOT NULL
                    ORDER BY payment_id LIMIT 1)
RETURNING payment_id)sql"};

constexpr db::Statement kRest = {"schedules.rest", R"sql(
UPDATE fulfillment.letters SET next_at = now() + interval '1 year' WHERE intake_id = ANY (CAST(:intakes AS uuid[])))sql"};

constexpr db::Statement kEnds = {"schedules.ends", R"sql(
SELECT p.payment_id, p.state, i.state, coalesce(p.delivery_state, ''), coalesce(l.state, ''), coalesce(l.lob_letter_id, '')
FROM payment.payments p JOIN intake.intakes i USING (intake_id)
     LEFT JOIN fulfillment.letters l ON l.payment_id = p.payment_id
WHERE p.intake_id = ANY (CAST(:intakes AS uuid[])))sql"};

constexpr db::Statement kUntold = {"schedules.untold", R"sql(
SELECT payment_id FROM payment.outbox UNION ALL SELECT payment_id FROM fulfillment.outbox)sql"};

}  // namespace

Schedule::Schedule(World& world, uint32_t seed)
    : world_(world),
      seed_(seed),
      chance_(world.chance),
      faults_(world.faults),
      printer_(world.printer) {
  chance_.Seed(seed);
}

void Schedule::Run() {
  faults_.Stop();
  for (int appeals = 1 + chance_.Below(3); appeals > 0; --appeals) Submit();
  // Else most letters would meet the printer when the faults are over.
  if (chance_.OneIn(2)) PayForAll();
  faults_.Start();
  for (int steps = 10 + chance_.Below(30); steps > 0; --steps) {
    if (chance_.OneIn(40)) faults_.CrashAt(1 + chance_.Below(4));
    try {
      Step();
    } catch (const Crash&) {
      logging::Info("crash");
      world_.Restart();
    }
  }
  Drain();
  ExpectTheModelsEnd();
  // Nothing of this schedule is to be found by the next one.
  Owner(kRest, {db::Param::Array("intakes", intakes_)});
}

void Schedule::Step() {
  Suite& suite = *world_.suite;
  switch (chance_.Below(24)) {
    case 0:
    case 1:
      return CheckOut();
    case 2:
      return chance_.OneIn(4) ? Expire() : CheckOut();
    case 3:
    case 4:
      return Pay();
    case 5:
    case 6:
      return Repeat();
    case 7:
      return chance_.OneIn(3) ? LoseDispute() : Hold(chance_.OneIn(3));
    case 8:
      return chance_.OneIn(4) ? CancelLetter() : RetryDeadLetter();
    case 9:
      return LetTimePass();
    case 10:
      return LetADayPass();
    case 11:
      return chance_.OneIn(3) ? printer_.Fail(AnyPayment()) : FollowOne(AnyPayment());
    case 12:
      return Relay(suite.payment_to_intake);
    case 13:
      return Relay(suite.fulfillment_to_payment);
    case 14:
    case 15:
      return Relay(suite.payment_to_fulfillment);
    default:
      return MailOne(AnyPayment());
  }
}

void Schedule::Submit() {
  fightsftickets::intake::v1::Submission submission;
  submission.mutable_sender()->set_name("Ada Rider");
  submission.mutable_sender()->set_address_line1("1 Main St");
  submission.mutable_agency()->set_name("SFMTA Citation Review");
  // Nobody else's: the same person's second letter about one citation would be refused.
  submission.mutable_citation()->set_number(NewId());
  submission.set_letter_text("The meter was broken.");
  submission.set_submitted_on("2026-11-02");
  intake::NewAppeal appeal{.intake_id = NewId(),
                           .draft_id = NewId(),
                           .city_id = "us-ca-san_francisco",
                           .section_id = "sfmta",
                           .appeal_type = "standard"};
  appeal.sealed = intake::SealAppeal(submission, appeal.intake_id, appeal.draft_id, *world_.keys);
  const intake::RequestKey key{.key_hmac = crypto::Sha256(appeal.intake_id),
                               .digest = crypto::Sha256(appeal.draft_id),
                               .lifetime = std::chrono::minutes(15)};
  const auto stored = world_.suite->intake.Submit(appeal, key, Soon());
  ASSERT_TRUE(stored.ok()) << stored.status();
  world_.submissions.bytes[appeal.draft_id] = submission.SerializeAsString();
  appeals_.push_back({.intake_id = appeal.intake_id,
                      .draft_id = appeal.draft_id,
                      .content_sha256 = stored->content_sha256});
  intakes_.push_back(appeal.intake_id);
}

void Schedule::PayForAll() {
  for (const Appeal& appeal : appeals_) CheckOut(appeal);
  for (const auto& [id, payment] : model_.payments()) {
    events_.push_back(
        {.id = "evt_" + NewId(), .payment_id = id, .amount = kPrice, .currency = "usd"});
    Deliver(events_.back());
  }
  Relay(world_.suite->payment_to_fulfillment);
}

void Schedule::CheckOut() { CheckOut(appeals_[chance_.Below(static_cast<int>(appeals_.size()))]); }

void Schedule::CheckOut(const Appeal& appeal) {
  const std::string new_id = NewId();
  faults_.PassPoint();
  const auto opened = world_.suite->checkouts.Open({.payment_id = new_id,
                                                    .intake_id = appeal.intake_id,
                                                    .draft_id = appeal.draft_id,
                                                    .content_sha256 = appeal.content_sha256,
                                                    .appeal_type = "standard",
                                                    .amount_cents = kPrice,
                                                    .currency = "usd",
                                                    .product_name = "A letter",
                                                    .success_url = "https://example.org/success",
                                                    .cancel_url = "https://example.org/cancelled"},
                                                   Soon());
  ASSERT_TRUE(opened.ok()) << opened.status();
  logging::Info("checkout", {{"draft_id", appeal.draft_id}, {"payment_id", opened->payment_id}});
  EXPECT_EQ(opened->payment_id, model_.CheckOut(appeal.draft_id, new_id));
  faults_.PassPoint();
  // Stripe makes the session; the customer may pay it before we have stored its id.
  if (chance_.OneIn(3)) return;
  StoreSession(opened->payment_id);
}

void Schedule::StoreSession(const std::string& payment_id) {
  const auto stored = world_.suite->checkouts.StoreSession(payment_id, SessionOf(payment_id),
                                                           "https://pay", Soon());
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->state, model_.payments().at(payment_id).state);
  stored_sessions_.insert(payment_id);
}

void Schedule::Expire() {
  payment::OpenPayment payment;
  payment.payment_id = AnyPayment();
  if (payment.payment_id.empty()) return;
  if (stored_sessions_.contains(payment.payment_id))
    payment.session_id = SessionOf(payment.payment_id);
  faults_.PassPoint();
  const auto ended = world_.suite->checkouts.End(
      payment, {.state = "expired", .reason = "session_expired"}, Soon());
  ASSERT_TRUE(ended.ok()) << ended.status();
  logging::Info("expire", {{"payment_id", payment.payment_id}, {"ended", *ended}});
  EXPECT_EQ(*ended, model_.payments().at(payment.payment_id).state == "pending");
  model_.Expire(payment.payment_id);
  faults_.PassPoint();
}

void Schedule::Pay() {
  const std::string payment_id = AnyPayment();
  if (payment_id.empty()) return;
  const bool paid_already = std::any_of(events_.begin(), events_.end(), [&](const Event& event) {
    return event.payment_id == payment_id;
  });
  if (paid_already) return;
  events_.push_back({.id = "evt_" + NewId(),
                     .payment_id = payment_id,
                     .amount = chance_.OneIn(12) ? 1 : kPrice,
                     .currency = chance_.OneIn(20) ? "eur" : "usd"});
  // Stripe may tell of it twice, as two events.
  if (chance_.OneIn(4)) {
    const Event twin = events_.back();
    events_.push_back(twin);
    events_.back().id = "evt_" + NewId();
  }
}

void Schedule::Repeat() {
  if (!events_.empty()) Deliver(events_[chance_.Below(static_cast<int>(events_.size()))]);
}

void Schedule::Deliver(Event& event) {
  payment::StripeEvent paid;
  paid.id = event.id;
  paid.type = "checkout.session.completed";
  paid.created = time::TimePoint(std::chrono::seconds(1'790'000'000));
  paid.session_id = SessionOf(event.payment_id);
  paid.payment_intent = IntentOf(event.payment_id);
  paid.payment_status = "paid";
  paid.amount_cents = event.amount;
  paid.currency = event.currency;
  paid.payment_id = event.payment_id;
  faults_.PassPoint();
  const auto outcome = world_.suite->events.Apply(paid, /*livemode=*/false, Soon());
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  logging::Info("webhook", {{"event", event.id},
                            {"payment_id", event.payment_id},
                            {"amount", event.amount},
                            {"currency", event.currency},
                            {"outcome", outcome->outcome}});
  const bool right = event.amount == kPrice && event.currency == "usd";
  EXPECT_EQ(outcome->outcome, model_.TakeMoney(event.id, event.payment_id, right));
  // Committed, and our 2xx is lost: Stripe will say it again.
  faults_.PassPoint();
  event.taken = true;
}

void Schedule::Hold(bool hold) {
  const std::string payment_id = AnyPayment();
  if (payment_id.empty()) return;
  Owner(kHold, {{"hold", hold}, {"payment_id", payment_id}});
}

void Schedule::LoseDispute() {
  const std::string payment_id = AnyPayment();
  if (payment_id.empty() || model_.payments().at(payment_id).state != "paid") return;
  payment::StripeEvent lost;
  lost.id = "evt_dispute_" + payment_id;
  lost.type = "charge.dispute.closed";
  lost.created = time::TimePoint(std::chrono::seconds(1'790'000'000));
  lost.payment_intent = IntentOf(payment_id);
  lost.object_id = "dp_" + payment_id;
  lost.object_status = "lost";
  const auto outcome = world_.suite->events.Apply(lost, /*livemode=*/false, Soon());
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  logging::Info("dispute lost", {{"payment_id", payment_id}, {"outcome", outcome->outcome}});
  model_.Cancel(payment_id);
}

void Schedule::CancelLetter() {
  const std::string payment_id = AnyPayment();
  if (payment_id.empty()) return;
  const auto found = world_.suite->letters.Cancel(payment_id, "operator", Soon());
  ASSERT_TRUE(found.ok()) << found.status();
  // There is no letter yet, or it is too late.
  if (!*found || (*found)->state_after.empty()) return;
  logging::Info("cancelled by an operator",
                {{"payment_id", payment_id}, {"state", (*found)->state_after}});
  model_.Cancel(payment_id);
}

void Schedule::RetryDeadLetter() {
  const std::string payment_id = AnyPayment();
  if (payment_id.empty()) return;
  const auto found =
      world_.suite->letters.Retry(payment_id, "operator", /*undo_cancel=*/false, Soon());
  EXPECT_TRUE(found.ok()) << found.status();
}

void Schedule::LetTimePass() { Owner(kMessagesDue, {}); }

void Schedule::LetADayPass() {
  for (const db::Row& row : Owner(kADayLater, {db::Param::Array("intakes", intakes_)})) {
    logging::Info("a day later", {{"payment_id", row.Text(0)}});
    printer_.Forget(row.Text(0));
  }
}

void Schedule::MailOne(const std::string& payment_id) {
  if (payment_id.empty()) return;
  const auto mail = [this, payment_id] {
    MakeDue(payment_id);
    const auto found = world_.suite->mailer.MailOne();
    EXPECT_TRUE(found.ok()) << found.status();
  };
  // The lease ends while the POST is under way, and another mailer takes over.
  if (faults_.OneIn(6)) printer_.meanwhile = mail;
  mail();
  printer_.meanwhile = nullptr;
}

void Schedule::FollowOne(const std::string& payment_id) {
  if (payment_id.empty()) return;
  MakeDue(payment_id);
  const auto found = world_.suite->follower.FollowOne();
  EXPECT_TRUE(found.ok()) << found.status();
}

void Schedule::MakeDue(const std::string& payment_id) {
  Owner(kLetterDue, {{"payment_id", payment_id}, db::Param::Array("intakes", intakes_)});
}

void Schedule::Relay(work::Outbox& outbox) {
  const auto relayed = outbox.RelayBatch();
  EXPECT_TRUE(relayed.ok()) << relayed.status();
}

void Schedule::Drain() {
  logging::Info("no more faults");
  faults_.Stop();
  for (const auto& [id, payment] : model_.payments())
    Owner(kHold, {{"hold", false}, {"payment_id", id}});
  for (Event& event : events_) {
    if (!event.taken) Deliver(event);
  }
  // Orders go to fulfillment, letters to the printer, and news all the way back.
  LetTimePass();
  Relay(world_.suite->payment_to_fulfillment);
  for (const auto& [id, payment] : model_.payments()) {
    MailOne(id);
    FollowOne(id);
  }
  LetTimePass();
  Relay(world_.suite->fulfillment_to_payment);
  Relay(world_.suite->payment_to_intake);
}

void Schedule::ExpectTheModelsEnd() {
  EXPECT_TRUE(Owner(kUntold, {}).empty());
  const db::Rows rows = Owner(kEnds, {db::Param::Array("intakes", intakes_)});
  EXPECT_EQ(rows.size(), model_.payments().size());
  std::map<std::string, bool> mailed;
  for (const db::Row& row : rows) mailed[row.Text(0)] = row.Text(4) == "mailed";
  for (const db::Row& row : rows) {
    const std::string& payment_id = row.Text(0);
    SCOPED_TRACE(payment_id);
    const Model::Payment& expected = model_.payments().at(payment_id);
    EXPECT_EQ(row.Text(1), expected.state);
    EXPECT_EQ(row.Text(2), model_.IntakeState(expected.draft_id, mailed));
    EXPECT_EQ(row.Text(3), row.Text(4)) << "payment's read model of the letter";
    if (expected.state == "paid") {
      ExpectLetter(payment_id, row.Text(4), row.Text(5), expected.cancelled);
    } else {
      EXPECT_EQ(printer_.Of(payment_id).posts, 0) << "posted, and " << expected.state;
    }
  }
}

// Exactly one letter; or none, and nobody says that there is one; or nobody knows, and nothing more
// is done about it.
void Schedule::ExpectLetter(const std::string& payment_id, const std::string& state,
                            const std::string& letter_id, bool cancelled) {
  const PrintingHouse::Facts& facts = printer_.Of(payment_id);
  ASSERT_LE(facts.letters.size(), 1u);
  if (facts.letters.empty()) {
    const bool clear = !facts.refused && !facts.forgotten;
    if (state == "cancelled") {
      EXPECT_TRUE(cancelled);
    } else if (state == "cancelling") {
      EXPECT_TRUE(cancelled && facts.doubtful);
    } else if (state == "dead_letter") {
      EXPECT_TRUE(facts.refused && !cancelled);
    } else {
      EXPECT_EQ(state, "outcome_unknown");
      EXPECT_TRUE(facts.doubtful && !clear && !cancelled);
    }
  } else {
    const PrintingHouse::Letter& letter = facts.letters.front();
    const bool live = letter.fate == PrintingHouse::Letter::Fate::kLive;
    if (cancelled) {
      EXPECT_EQ(state, live ? "mailed" : "cancelled");
      EXPECT_TRUE(!live || facts.printed) << "cancelled, and mailed although it was not too late";
    } else {
      EXPECT_EQ(state, live ? "mailed" : "failed_at_printer");
    }
    EXPECT_EQ(letter_id, letter.letter_id);
  }
  const int posts = facts.posts;
  MailOne(payment_id);
  EXPECT_EQ(facts.posts, posts) << "posted again after its end";
}

// Tells the seed, and grows with time as ids of version 7 do.
std::string Schedule::NewId() {
  return absl::StrFormat("%08x-0000-7000-8000-%012x", seed_, ++ids_);
}

std::string Schedule::AnyPayment() {
  const auto& payments = model_.payments();
  if (payments.empty()) return "";
  return std::next(payments.begin(), chance_.Below(static_cast<int>(payments.size())))->first;
}

db::Rows Schedule::Owner(const db::Statement& statement, db::Params params) {
  absl::StatusOr<db::Rows> rows = world_.owner->Run(statement, params, Soon());
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.ok() ? *std::move(rows) : db::Rows();
}

}  // namespace fsft::schedules
