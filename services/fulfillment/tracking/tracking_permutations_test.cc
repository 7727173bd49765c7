// What the printer tells of a letter may be delivered in any order, more than once and by several
// senders at a time, and ends in the same row.

#include <gtest/gtest.h>

#include <span>

#include "absl/strings/str_join.h"
#include "services/fulfillment/lob/lob_letter.h"
#include "services/fulfillment/test_orders.h"
#include "services/fulfillment/tracking/tracker.h"
#include "tests/support/delivery_orders.h"

namespace fsft::fulfillment {
namespace {

struct History {
  std::vector<std::string> types;  // of five events
  std::string end;
};

const History kHistories[] = {
    {{"created", "rendered_pdf", "mailed", "in_transit", "delivered"}, "delivered"},
    {{"created", "in_transit", "re-routed", "delivered", "returned_to_sender"}, "returned"},
    {{"created", "rendered_pdf", "failed", "mailed", "failed"}, "failed_at_printer"},
    {{"created", "rendered_pdf", "deleted", "mailed", "failed"}, "failed_at_printer"},
    {{"created", "failed", "in_transit", "in_local_area", "mailed"}, "in_transit"},
    {{"created", "deleted", "in_transit", "failed", "delivered"}, "delivered"},
    {{"certified.mailed", "certified.in_transit", "certified.issue", "certified.pickup_available",
      "certified.returned_to_sender"},
     "returned"},
    {{"created", "in_transit", "failed", "returned_to_sender", "delivered"}, "returned"},
};

struct Start {
  const char* state;
  bool known;      // the printer's id of the letter
  size_t stories;  // how many of the histories it has
};
// Letters that were mailed, and letters of which nothing is known but that they may have been posted:
// the first event that proves it makes them ours.
constexpr Start kStarts[] = {{"mailed", true, std::size(kHistories)},
                             {"sending", false, std::size(kHistories)},
                             {"outcome_unknown", false, 2},
                             {"queued", false, 2},
                             {"dead_letter", false, 2}};

class TrackingPermutationsTest : public LettersTest {
 protected:
  static std::string LetterId(const std::string& payment_id) { return "ltr_" + payment_id; }

  // So many letters in the state, with payments of their own; of one intake.
  std::vector<std::string> NewLetters(int count, const Start& start) {
    const WantedLetter order = NewOrder();
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i)
      ids.push_back(order.payment_id.substr(0, 24) + std::to_string(100'000'000'000 + ++made_));
    const std::string values = "unnest(CAST('{" + absl::StrJoin(ids, ",") + "}' AS uuid[])) AS id";
    // One paid payment for a draft is enough; the others only have to be there.
    Sql("INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, "
        "appeal_type, amount_cents, currency, product_name, success_url, cancel_url, "
        "session_expires_at, ended_at) SELECT id, intake_id, draft_id, content_sha256, 'expired', "
        "appeal_type, amount_cents, currency, '', '', '', now(), now() FROM payment.payments p, " +
        values + " WHERE p.payment_id = '" + order.payment_id + "'");
    const std::string known = start.known ? "'ltr_' || id, now()" : "NULL, NULL";
    const std::string state = start.state;
    const std::string unsure = state == "sending" || state == "outcome_unknown" ? "now()" : "NULL";
    Sql("INSERT INTO fulfillment.letters (payment_id, intake_id, draft_id, content_sha256, "
        "appeal_type, want, order_version, state, attempt, last_post_at, pdf_sha256, reason, "
        "unsure_since, lob_letter_id, mailed_at) SELECT id, '" +
        order.intake_id + "', '" + order.draft_id +
        "', decode(repeat('73', 32), 'hex'), 'certified', 'mail', 1, '" + state +
        "', 1, now(), decode(repeat('70', 32), 'hex'), '" +
        (state == "dead_letter" ? "printer_refused_invalid" : "") + "', " + unsure + ", " + known +
        " FROM " + values +
        "; INSERT INTO fulfillment.audit_log (payment_id, actor, action, to_state, version) "
        "SELECT id, 'test', 'put', '" +
        state + "', 1 FROM " + values +
        "; INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT id, 'payment', 1 "
        "FROM " +
        values);
    intake_id_ = order.intake_id;
    return ids;
  }

  // The events of a letter happened one second after the other, whenever they come. Those of
  // deleted letters do not say whose they are.
  static LobEvent Event(const std::string& payment_id, const std::string& type, int number) {
    const time::TimePoint at{std::chrono::seconds(1'790'000'000 + number)};
    LobEvent event{.id = "evt_" + payment_id + std::to_string(number),
                   .type = "letter." + type,
                   .created = at,
                   .news = {}};
    event.news = {.news = std::string(NewsOfEvent(event.type)),
                  .at = at,
                  .letter_id = LetterId(payment_id),
                  .payment_id = type == "deleted" ? "" : payment_id,
                  .generation = type == "deleted" ? 0 : 1,
                  .tracking_number = type == "deleted" ? "" : "9407",
                  .expected_delivery = type == "deleted" ? "" : "2026-11-09"};
    return event;
  }

  void Deliver(const std::vector<std::string>& ids, const History& history,
               const test::Batch& batch) {
    for (const auto& [order, number] : batch) {
      const auto taken =
          tracker_.Take(Event(ids[order], history.types[number - 1], number), Soon());
      EXPECT_TRUE(taken.ok()) << taken.status();
    }
  }

  // All that is known of the letters, each answer once.
  std::string Ends() {
    return Sql(
        "SELECT string_agg(DISTINCT concat_ws(' ', state, tracking_number, expected_delivery, "
        "CAST(extract(epoch FROM delivered_at) AS bigint), CAST(extract(epoch FROM returned_at) AS "
        "bigint), unsure_since, lob_letter_id = 'ltr_' || payment_id), ', ') || ', of ' || "
        "count(*) FROM fulfillment.letters WHERE intake_id = '" +
        intake_id_ + "'");
  }
  static std::string TimeOf(const History& history, const std::string& type) {
    for (size_t i = 0; i < history.types.size(); ++i) {
      if (history.types[i].ends_with(type)) return std::to_string(1'790'000'001 + i) + " ";
    }
    return "";
  }
  static std::string End(const History& history, int letters) {
    return history.end + " 9407 2026-11-09 " + TimeOf(history, "delivered") +
           TimeOf(history, "returned_to_sender") + "t, of " + std::to_string(letters);
  }

  // No letter comes to the same state twice.
  std::string Repeated() {
    return Sql(
        "SELECT payment_id || ' ' || to_state FROM fulfillment.audit_log WHERE from_state IS "
        "DISTINCT FROM to_state GROUP BY payment_id, to_state HAVING count(*) > 1 LIMIT 1");
  }
  std::string Waiting() { return Sql("SELECT count(*) FROM fulfillment.unmatched_lob_events"); }

  TrackingStore tracking_{*database_};
  Tracker tracker_{tracking_, registry_, [] {}};

 private:
  int64_t made_ = 0;
  std::string intake_id_;
};

TEST_F(TrackingPermutationsTest, EveryPermutationEndsInTheSameRow) {
  for (const Start& start : kStarts) {
    for (const History& history : std::span(kHistories).first(start.stories)) {
      const std::vector<std::string> ids = NewLetters(test::kPermutations, start);
      for (const test::Batch& batch : test::EveryPermutation(1)) Deliver(ids, history, batch);
      EXPECT_EQ(Ends(), End(history, test::kPermutations))
          << start.state << ", then " << absl::StrJoin(history.types, ",");
      EXPECT_EQ(Repeated(), "") << absl::StrJoin(history.types, ",");
      EXPECT_EQ(Waiting(), "0");
    }
  }
}

TEST_F(TrackingPermutationsTest, ConcurrentDeliveriesEndInTheSameRow) {
  constexpr int kLetters = 30;
  unsigned seed = 0;
  for (const History& history : kHistories) {
    const std::vector<std::string> ids = NewLetters(kLetters, kStarts[++seed % 2]);
    test::DeliverFromFourThreads(kLetters, seed,
                                 [&](const test::Batch& batch) { Deliver(ids, history, batch); });
    // An event that was stored while another one made its letter ours may still wait: a look finds
    // it.
    for (const std::string& id : ids) {
      const PrintedLetter seen{.letter_id = LetterId(id),
                               .payment_id = id,
                               .generation = 1,
                               .tracking_number = "9407",
                               .expected_delivery = "2026-11-09"};
      EXPECT_TRUE(tracker_.Take(seen, Soon()).ok());
    }
    EXPECT_EQ(Ends(), End(history, kLetters)) << absl::StrJoin(history.types, ",");
    EXPECT_EQ(Repeated(), "") << absl::StrJoin(history.types, ",");
    EXPECT_EQ(Waiting(), "0");
  }
}

}  // namespace
}  // namespace fsft::fulfillment
