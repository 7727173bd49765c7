// What an operator cancels stays cancelled, whatever payment says and whoever is at work on it, until
// an operator takes it back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "services/fulfillment/test_orders.h"

namespace fsft::fulfillment {
namespace {

using namespace std::chrono_literals;

const SealedPdf kPdf{.sealed = "sealed",
                     .sha256 = std::string(32, 'p'),
                     .key = {.key_id = "k1", .bytes = "wrapped"}};

Decision To(std::string state, std::string reason = "") {
  Decision decision{.to_state = std::move(state), .reason = std::move(reason)};
  decision.unsure = decision.to_state == "outcome_unknown";
  if (decision.to_state == "mailed") decision.letter_id = "ltr_1";
  return decision;
}

class CancellingTest : public LettersTest {
 protected:
  // "state after", or "too late".
  std::string Cancel(const std::string& id, const std::string& actor = "ann") {
    const auto move = store_.Cancel(id, actor, Soon());
    EXPECT_TRUE(move.ok() && move->has_value()) << move.status();
    if (!move.ok() || !move->has_value()) return "";
    return (*move)->state_after.empty() ? "too late" : (*move)->state_after;
  }
  // "before>after", and "stopped" where the cancellation stands.
  std::string Retry(const std::string& id, bool undo_cancel) {
    const auto move = store_.Retry(id, "bob", undo_cancel, Soon());
    EXPECT_TRUE(move.ok() && move->has_value()) << move.status();
    if (!move.ok() || !move->has_value()) return "";
    return (*move)->state_before + ">" + (*move)->state_after +
           ((*move)->stopped ? " stopped" : "");
  }
  std::string Undo(const std::string& id) { return Retry(id, true); }

  // Claims the letter that is due and begins its POST.
  ClaimedLetter Begin() {
    ClaimedLetter letter = Claim().value();
    EXPECT_TRUE(*mailing_.BeginPost(letter, letter.pdf ? nullptr : &kPdf, 120s, Soon()));
    letter.state = "sending";
    ++letter.attempt;
    return letter;
  }
  std::string Settle(const Lease& letter, const Decision& decision) {
    return mailing_.Settle(letter, decision, Soon())->value_or("lease lost");
  }
  // Brings a new letter into that state, as the workers and the printer do.
  WantedLetter LetterIn(const std::string& state) {
    WantedLetter order = PutNewOrder();
    if (state == "queued") return order;
    const ClaimedLetter sending = Begin();
    if (state == "sending") return order;
    if (state == "dead_letter" || state == "outcome_unknown" || state == "mailed") {
      EXPECT_EQ(Settle(sending, To(state, "printer_refused_invalid")), state);
      return order;
    }
    Settle(sending, To("mailed"));
    Sql("UPDATE fulfillment.letters SET state = '" + state +
        "', reason = 'printer_failed', version = version + 1; INSERT INTO fulfillment.audit_log "
        "(payment_id, actor, action, from_state, to_state, version) SELECT payment_id, 'test', "
        "'move', 'mailed', state, version FROM fulfillment.letters; UPDATE fulfillment.outbox o "
        "SET "
        "version = l.version FROM fulfillment.letters l WHERE l.payment_id = o.payment_id");
    return order;
  }
  // The follower's look ends like this.
  std::string Withdraw(const std::string& id, const Decision& decision) {
    MakeDue(id);
    const std::optional<FollowedLetter> letter = Followed();
    if (!letter.has_value()) return "nothing to follow";
    return Settle(*letter, decision);
  }
  std::string LastAudit(const std::string& id) {
    return Sql(
        "SELECT concat_ws(' ', actor, action, from_state, to_state) FROM fulfillment.audit_log "
        "WHERE payment_id = '" +
        id + "' ORDER BY version DESC LIMIT 1");
  }
};

TEST_F(CancellingTest, WhatACancelComesToDependsOnTheState) {
  const std::pair<const char*, const char*> kStates[] = {{"queued", "cancelled"},
                                                         {"dead_letter", "cancelled"},
                                                         {"failed_at_printer", "cancelled"},
                                                         {"sending", "cancelling"},
                                                         {"outcome_unknown", "cancelling"},
                                                         {"mailed", "cancelling"},
                                                         {"in_transit", "too late"},
                                                         {"delivered", "too late"},
                                                         {"returned", "too late"}};
  for (const auto& [before, after] : kStates) {
    const std::string id = LetterIn(before).payment_id;
    const std::string version = Column(id, "version");
    EXPECT_EQ(Cancel(id), after) << before;
    const bool done = std::string(after) != "too late";
    EXPECT_EQ(State(id), done ? after : before);
    EXPECT_EQ(Column(id, "concat_ws(' ', want, stopped_by, payment_want)"),
              done ? "cancel ann mail" : "mail")
        << before;
    if (done) {
      EXPECT_EQ(LastAudit(id), std::string("ann cancel ") + before + " " + after);
    }
    EXPECT_EQ(Column(id, "version - " + version), done ? "1" : "0");
    EXPECT_FALSE(Claim().has_value()) << "nothing is posted: " << before;
    // A cleared stage for the next one.
    TearDown();
  }
}

TEST_F(CancellingTest, ARepeatChangesNothing) {
  for (const char* state : {"queued", "sending"}) {
    const std::string id = LetterIn(state).payment_id;
    const std::string after = Cancel(id);
    const std::string row = Column(id, "letters");
    EXPECT_EQ(Cancel(id), after);
    EXPECT_EQ(Cancel(id, "bob"), after);
    EXPECT_EQ(Column(id, "letters"), row) << "the first operator is named";
    TearDown();
  }
}

TEST_F(CancellingTest, NoLaterWordOfPaymentBringsItBack) {
  for (const char* state : {"queued", "dead_letter", "failed_at_printer"}) {
    const WantedLetter order = LetterIn(state);
    Cancel(order.payment_id);
    int64_t version = 1;
    for (const char* want : {"hold", "mail", "cancel", "mail"}) {
      EXPECT_EQ(Put(order, want, ++version), "cancelled") << want;
      EXPECT_EQ(Column(order.payment_id, "concat_ws(' ', want, payment_want, order_version)"),
                std::string("cancel ") + want + " " + std::to_string(version));
    }
    EXPECT_FALSE(Claim().has_value());
    TearDown();
  }
}

TEST_F(CancellingTest, NoLaterWordOfPaymentStopsTheWithdrawal) {
  const WantedLetter order = LetterIn("mailed");
  Cancel(order.payment_id);
  EXPECT_EQ(Put(order, "mail", 2), "cancelling");
  EXPECT_EQ(Withdraw(order.payment_id, {.to_state = "cancelled", .letter_id = "ltr_1"}),
            "cancelled");
  EXPECT_EQ(Put(order, "mail", 3), "cancelled");
}

TEST_F(CancellingTest, APrinterThatDoesNotGiveItBackHasTheLastWord) {
  const WantedLetter order = LetterIn("mailed");
  const std::string& id = order.payment_id;
  Cancel(id);
  EXPECT_EQ(Withdraw(id, To("mailed", "too_late_to_cancel")), "mailed");
  EXPECT_EQ(Cancel(id), "too late") << "it was tried";
  EXPECT_EQ(Put(order, "cancel", 2), "mailed") << "and is not tried again";
  EXPECT_EQ(State(id), "mailed");
}

TEST_F(CancellingTest, WhatPaymentHasCancelledIsTheOperatorsToo) {
  const WantedLetter order = LetterIn("queued");
  const std::string& id = order.payment_id;
  Put(order, "cancel", 2);
  EXPECT_EQ(Cancel(id), "cancelled");
  EXPECT_EQ(LastAudit(id), "ann cancel cancelled cancelled");
  EXPECT_EQ(Put(order, "mail", 3), "cancelled");

  const WantedLetter at_printer = LetterIn("mailed");
  Put(at_printer, "cancel", 2);
  EXPECT_EQ(Cancel(at_printer.payment_id), "cancelling");
  EXPECT_EQ(Put(at_printer, "mail", 3), "cancelling");
  EXPECT_EQ(Withdraw(at_printer.payment_id, {.to_state = "cancelled", .letter_id = "ltr_1"}),
            "cancelled")
      << "not failed_at_printer, as of a letter that is wanted again";
}

TEST_F(CancellingTest, AClaimedLetterIsNotPostedAfterACancel) {
  const std::string id = PutNewOrder().payment_id;
  const ClaimedLetter letter = Claim().value();
  EXPECT_EQ(Cancel(id), "cancelled");
  EXPECT_FALSE(*mailing_.BeginPost(letter, &kPdf, 120s, Soon()));
  EXPECT_EQ(Column(id, "attempt"), "0");
}

// Whatever the attempt shows that was under way, the letter ends as cancelled or is withdrawn.
TEST_F(CancellingTest, AnAttemptUnderWayEndsAsCancelled) {
  const std::pair<Decision, const char*> kEnds[] = {
      {To("mailed"), "cancelling"},
      {To("dead_letter", "printer_refused_invalid"), "cancelled"},
      {To("queued", "printer_unreachable"), "cancelled"},
      {To("outcome_unknown", "printer_timeout"), "cancelling"}};
  for (const auto& [end, after] : kEnds) {
    const std::string id = PutNewOrder().payment_id;
    const ClaimedLetter sending = Begin();
    EXPECT_EQ(Cancel(id), "cancelling");
    EXPECT_FALSE(Followed().has_value()) << "the printer is not asked before the attempt has ended";
    EXPECT_EQ(Settle(sending, end), after) << end.to_state;
    TearDown();
  }
}

// The row that a cancel has waited for may be in any state by then; the constraints that tie columns
// to states are held against the older one first.
TEST_F(CancellingTest, ACancelThatWaitedForAMoveGoesOnFromThere) {
  struct {
    const char* start;
    const char* changes;
    const char* after;
  } const kMoves[] = {
      {"queued",
       "state = 'sending', attempt = 1, last_post_at = now(), unsure_since = now(), pdf_sha256 = "
       "decode(repeat('70', 32), 'hex')",
       "cancelling"},
      {"sending",
       "state = 'mailed', unsure_since = NULL, lob_letter_id = 'ltr_1', mailed_at = now()",
       "cancelling"},
      {"sending", "state = 'queued', unsure_since = NULL", "cancelled"},
      {"sending", "state = 'dead_letter', unsure_since = NULL, reason = 'x'", "cancelled"},
      {"outcome_unknown", "misses = 1, missed_at = now()", "cancelling"},
      {"mailed", "state = 'failed_at_printer', reason = 'printer_failed'", "cancelled"},
      {"mailed", "state = 'in_transit'", "too late"},
      {"queued", "want = 'cancel', state = 'cancelled'", "cancelled"}};
  for (const auto& [start, changes, after] : kMoves) {
    const std::string id = LetterIn(start).payment_id;
    std::future<void> moving = MoveWhileOthersWait(id, start, changes);
    EXPECT_EQ(Cancel(id), after) << changes;
    moving.get();
    if (std::string(after) != "too late") {
      EXPECT_EQ(State(id), after) << changes;
      EXPECT_EQ(Column(id, "want"), "cancel");
    }
    TearDown();
  }
}

TEST_F(CancellingTest, AWordOfPaymentThatWaitedForACancelOrItsUndoingGoesOnFromThere) {
  const WantedLetter order = PutNewOrder();
  const std::string& id = order.payment_id;
  std::future<void> moving = MoveWhileOthersWait(
      id, "queued",
      "state = 'cancelled', want = 'cancel', payment_want = 'mail', stopped_by = 'ann', "
      "stopped_at = now()");
  EXPECT_EQ(Put(order, "mail", 2), "cancelled");
  moving.get();
  EXPECT_EQ(Column(id, "concat_ws(' ', state, want, payment_want, stopped_by)"),
            "cancelled cancel mail ann");
  moving = MoveWhileOthersWait(id, "cancelled",
                               "state = 'queued', want = 'mail', payment_want = NULL, stopped_by = "
                               "NULL, stopped_at = NULL");
  EXPECT_EQ(Put(order, "hold", 3), "queued");
  moving.get();
  EXPECT_EQ(Column(id, "concat_ws(' ', state, want, payment_want, stopped_by)"), "queued hold");
}

// Five words of payment, a cancel and perhaps its undoing, in every order of the latter two among the
// words and at the same time: the last of the operator's words decides.
TEST_F(CancellingTest, AmongPaymentsWordsTheOperatorsDecides) {
  const std::vector<std::string> wants = {"mail", "hold", "cancel", "mail", "mail"};
  for (size_t at = 0; at <= wants.size(); ++at) {
    for (const bool undo : {false, true}) {
      const WantedLetter order = PutNewOrder();
      for (size_t i = 0; i < wants.size(); ++i) {
        if (i == at) Cancel(order.payment_id);
        if (undo && i == at + 1) Undo(order.payment_id);
        Put(order, wants[i], static_cast<int64_t>(i) + 2);
      }
      if (at == wants.size()) Cancel(order.payment_id);
      if (undo) Undo(order.payment_id);
      EXPECT_EQ(State(order.payment_id), undo ? "queued" : "cancelled") << at;
      EXPECT_EQ(Column(order.payment_id, "want"), undo ? "mail" : "cancel") << at;
    }
  }
}

TEST_F(CancellingTest, ConcurrentWordsAndCancelsEndAsTheOperatorWants) {
  constexpr int kOrders = 20;
  for (int n = 0; n < kOrders; ++n) {
    const WantedLetter order = PutNewOrder();
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i)
      threads.emplace_back([&, i] { Put(order, i % 3 == 1 ? "cancel" : "mail", 2 + i); });
    threads.emplace_back([&] { Cancel(order.payment_id); });
    threads.emplace_back([&] {
      if (const auto letter = Claim())
        mailing_.BeginPost(*letter, &kPdf, 120s, Soon()).IgnoreError();
    });
    for (std::thread& thread : threads) thread.join();
    const std::string state = State(order.payment_id);
    // A POST that had begun before is withdrawn; none begins after it.
    EXPECT_EQ(state, Column(order.payment_id, "attempt") == "0" ? "cancelled" : "cancelling");
    EXPECT_EQ(Column(order.payment_id, "concat_ws(' ', want, payment_want, stopped_by)"),
              "cancel mail ann");
    EXPECT_FALSE(Claim().has_value());
  }
}

TEST_F(CancellingTest, OnlyTheOperatorsOwnWordTakesItBack) {
  const WantedLetter order = LetterIn("queued");
  const std::string& id = order.payment_id;
  Cancel(id);
  EXPECT_EQ(Retry(id, false), "cancelled>cancelled stopped");
  EXPECT_FALSE(store_.NewGeneration(id, "bob", true, Soon())->value().state_before != "cancelled");
  EXPECT_EQ(Undo(id), "cancelled>queued");
  EXPECT_EQ(LastAudit(id), "bob undo_cancel cancelled queued");
  EXPECT_EQ(Column(id, "concat_ws(' ', want, payment_want, stopped_by, stopped_at)"), "mail");
  EXPECT_EQ(Undo(id), "queued>queued") << "nothing is left to take back";
  EXPECT_EQ(Claim()->payment_id, id);
}

TEST_F(CancellingTest, WhatPaymentDoesNotWantIsNotTakenBack) {
  const WantedLetter order = LetterIn("queued");
  Cancel(order.payment_id);
  Put(order, "cancel", 2);
  EXPECT_EQ(Undo(order.payment_id), "cancelled>cancelled stopped");
  Put(order, "hold", 3);
  EXPECT_EQ(Undo(order.payment_id), "cancelled>queued");
  EXPECT_FALSE(Claim().has_value()) << "payment holds it";
}

TEST_F(CancellingTest, AnAttemptThatWasCancelledGoesOnWhenThatIsTakenBack) {
  const std::string id = LetterIn("sending").payment_id;
  Cancel(id);
  EXPECT_EQ(Undo(id), "cancelling>sending");
  EXPECT_FALSE(Claim().has_value()) << "the lease of the attempt stands";
  MakeDue(id);
  EXPECT_TRUE(Claim()->unsure);
}

TEST_F(CancellingTest, WhatThePrinterHasCancelledIsNotPostedUnderItsKeyAgain) {
  const std::string id = LetterIn("mailed").payment_id;
  Cancel(id);
  Withdraw(id, {.to_state = "cancelled", .letter_id = "ltr_1"});
  EXPECT_EQ(Undo(id), "cancelled>failed_at_printer");
  EXPECT_EQ(Column(id, "reason"), "cancelled_but_wanted");
  EXPECT_FALSE(Claim().has_value());
  const auto renewal = store_.NewGeneration(id, "bob", false, Soon());
  EXPECT_TRUE((*renewal)->proven && (*renewal)->wanted);
  EXPECT_EQ(Claim()->generation, 2);
}

TEST_F(CancellingTest, AWithdrawalThatIsTakenBackTooLateNeedsANewGeneration) {
  const std::string id = LetterIn("mailed").payment_id;
  Cancel(id);
  EXPECT_EQ(Undo(id), "cancelling>cancelling");
  EXPECT_EQ(Withdraw(id, {.to_state = "cancelled", .letter_id = "ltr_1"}), "failed_at_printer");
}

TEST_F(CancellingTest, SendingAnewTakesACancellationBackButNotPayments) {
  const WantedLetter order = LetterIn("mailed");
  const std::string& id = order.payment_id;
  Cancel(id);
  Withdraw(id, To("mailed", "too_late_to_cancel"));
  Sql("UPDATE fulfillment.letters SET state = 'failed_at_printer', reason = 'printer_failed', "
      "version = version + 1; INSERT INTO fulfillment.audit_log (payment_id, actor, action, "
      "from_state, to_state, version) SELECT payment_id, 'test', 'move', 'mailed', state, version "
      "FROM fulfillment.letters");
  Put(order, "cancel", 2);
  auto renewal = store_.NewGeneration(id, "bob", true, Soon());
  EXPECT_FALSE((*renewal)->wanted);
  EXPECT_EQ(State(id), "failed_at_printer");
  Put(order, "mail", 3);
  renewal = store_.NewGeneration(id, "bob", true, Soon());
  EXPECT_TRUE((*renewal)->wanted);
  EXPECT_EQ(Column(id, "concat_ws(' ', state, want, payment_want, stopped_by)"), "queued mail");
}

TEST_F(CancellingTest, AnOlderProgramCannotHaveItMailed) {
  const std::string id = LetterIn("queued").payment_id;
  Cancel(id);
  EXPECT_EQ(Sql("DO $$ BEGIN UPDATE fulfillment.letters SET want = 'mail', state = 'queued'; "
                "RAISE 'taken'; EXCEPTION WHEN check_violation THEN NULL; END $$"),
            "");
  EXPECT_EQ(State(id), "cancelled");
}

}  // namespace
}  // namespace fsft::fulfillment
