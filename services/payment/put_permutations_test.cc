// Deliveries.Put may be delivered in any order, more than once and by several senders at a time,
// and ends in the same read model: the newest news decide, with everything that they say.

#include <gtest/gtest.h>

#include "services/payment/test_payments.h"
#include "tests/support/delivery_orders.h"

namespace fsft::payment {
namespace {

const std::vector<std::vector<std::string>> kHistories = {
    {"queued", "sending", "mailed", "in_transit", "delivered"},
    {"queued", "sending", "outcome_unknown", "mailed", "failed_at_printer"},
    {"queued", "cancelled", "queued", "sending", "dead_letter"},
};

class PutPermutationsTest : public PaymentsTest {
 protected:
  // Makes so many payments without news of their letters, and answers their ids.
  std::vector<std::string> NewPayments(int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i)
      ids.push_back("0193a000-0000-7000-8000-" + std::to_string(100'000'000'000 + ++last_));
    // One open payment for a draft is enough; the others only have to be there.
    Owner(
        "WITH made AS (INSERT INTO payment.payments (payment_id, intake_id, draft_id, "
        "content_sha256, state, "
        "appeal_type, amount_cents, currency, product_name, success_url, cancel_url, "
        "session_expires_at, ended_at) SELECT CAST('0193a000-0000-7000-8000-' || n AS uuid), "
        "intake_id, draft_id, content_sha256, 'expired', appeal_type, amount_cents, currency, "
        "'', '', '', now(), now() FROM payment.payments, generate_series(" +
        std::to_string(100'000'000'000 + last_ - count + 1) + ", " +
        std::to_string(100'000'000'000 + last_) + ") AS n WHERE payment_id = '" + kPayment +
        "' RETURNING payment_id) INSERT INTO payment.audit_log (payment_id, actor, action, "
        "to_state, version) SELECT payment_id, 'test', 'open', 'expired', 1 FROM made");
    return ids;
  }

  // The news of that version say something else than all others in every field.
  static DeliveryNews News(const std::string& payment_id, const std::string& state, int version) {
    const std::string number = std::to_string(version);
    return {.payment_id = payment_id,
            .version = version,
            .state = state,
            .letter_id = "ltr_" + number,
            .tracking_number = "9207" + number,
            .expected_delivery = "2026-11-0" + number,
            .mailed_at = time::TimePoint(std::chrono::seconds(1'790'000'000 + version)),
            .delivered_at = time::TimePoint(std::chrono::seconds(1'790'000'010 + version)),
            .returned_at = time::TimePoint(std::chrono::seconds(1'790'000'020 + version))};
  }

  void Deliver(const std::vector<std::string>& ids, const std::vector<std::string>& history,
               const test::Batch& batch) {
    std::vector<DeliveryNews> news;
    for (const auto& [order, version] : batch)
      news.push_back(News(ids[order], history[version - 1], version));
    const auto moved = payments_.PutDeliveries(news, Soon());
    EXPECT_TRUE(moved.ok()) << moved.status();
  }

  // What is known of the letters of these payments, each answer once.
  std::string Ends(const std::vector<std::string>& ids) {
    return Owner(
        "SELECT string_agg(DISTINCT concat_ws(' ', delivery_state, delivery_version, letter_id, "
        "tracking_number, expected_delivery, extract(epoch FROM mailed_at), extract(epoch FROM "
        "delivered_at), extract(epoch FROM returned_at)), ', ') || ', of ' || count(*) FROM "
        "payment.payments WHERE payment_id BETWEEN '" +
        ids.front() + "' AND '" + ids.back() + "'");
  }

  static std::string End(const std::vector<std::string>& history, int payments) {
    return history.back() +
           " 5 ltr_5 92075 2026-11-05 1790000005.000000 1790000015.000000 1790000025.000000, of " +
           std::to_string(payments);
  }

 private:
  int64_t last_ = 0;
};

TEST_F(PutPermutationsTest, EveryPermutationEndsInTheSameRow) {
  OpenWithSession();
  for (const auto& history : kHistories) {
    for (const int together : {1, 2, 5}) {
      const std::vector<std::string> ids = NewPayments(test::kPermutations);
      for (const test::Batch& batch : test::EveryPermutation(together))
        Deliver(ids, history, batch);
      EXPECT_EQ(Ends(ids), End(history, test::kPermutations)) << together << " together";
    }
  }
}

TEST_F(PutPermutationsTest, ConcurrentDeliveriesEndInTheSameRow) {
  OpenWithSession();
  constexpr int kPayments = 30;
  for (unsigned seed = 0; seed < kHistories.size(); ++seed) {
    const std::vector<std::string> ids = NewPayments(kPayments);
    test::DeliverFromFourThreads(
        kPayments, seed, [&](const test::Batch& batch) { Deliver(ids, kHistories[seed], batch); });
    EXPECT_EQ(Ends(ids), End(kHistories[seed], kPayments));
  }
}

}  // namespace
}  // namespace fsft::payment
