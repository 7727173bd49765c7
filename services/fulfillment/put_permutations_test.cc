// Orders.Put may be delivered in any order, more than once and by several senders at a time, and
// ends in the same row: the newest word decides.

#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "services/fulfillment/test_orders.h"
#include "tests/support/delivery_orders.h"

namespace fsft::fulfillment {
namespace {

using History = std::vector<std::string>;  // what is wanted in versions 1 to 5

const History kHistories[] = {
    {"mail", "hold", "cancel", "mail", "hold"},
    {"cancel", "mail", "hold", "mail", "cancel"},
    {"hold", "mail", "cancel", "hold", "mail"},
    {"mail", "cancel", "mail", "cancel", "mail"},
};

class PutPermutationsTest : public LettersTest {
 protected:
  // Payments that fulfillment knows nothing of yet; of one intake, whose id they are found by.
  std::vector<WantedLetter> NewOrders(int count) {
    std::vector<WantedLetter> orders = {NewOrder()};
    const std::string first = orders.front().payment_id;
    for (int i = 1; i < count; ++i) {
      orders.push_back(orders.front());
      orders.back().payment_id =
          first.substr(0, 24) + std::to_string(100'000'000'000 + 1'000 * ++group_ + i);
    }
    std::vector<std::string> values;
    for (const WantedLetter& order : orders) values.push_back("('" + order.payment_id + "')");
    // One paid payment for a draft is enough; the others only have to be there.
    Sql("INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, "
        "appeal_type, amount_cents, currency, product_name, success_url, cancel_url, "
        "session_expires_at, ended_at) SELECT CAST(v.id AS uuid), intake_id, draft_id, "
        "content_sha256, 'expired', appeal_type, amount_cents, currency, '', '', '', now(), now() "
        "FROM payment.payments p, (VALUES " +
        absl::StrJoin(values, ", ") + ") AS v (id) WHERE p.payment_id = '" + first +
        "' AND CAST(v.id AS uuid) <> p.payment_id");
    return orders;
  }

  void Deliver(const std::vector<WantedLetter>& orders, const History& history,
               const test::Batch& batch) {
    std::vector<WantedLetter> wanted;
    for (const test::Message& message : batch) {
      wanted.push_back(orders[message.order]);
      wanted.back().version = message.version;
      wanted.back().want = history[message.version - 1];
    }
    const auto states = store_.PutOrders(wanted, Soon());
    EXPECT_TRUE(states.ok()) << states.status();
  }

  // "want:version:state" of all letters of the orders, each once.
  std::string Ends(const std::vector<WantedLetter>& orders) {
    return Sql(
        "SELECT string_agg(DISTINCT want || ':' || order_version || ':' || state, ' ') || ' "
        "of ' || count(*) FROM fulfillment.letters WHERE intake_id = '" +
        orders.front().intake_id + "'");
  }

  static std::string End(const History& history, int orders) {
    const std::string& want = history.back();
    return want + ":5:" + (want == "cancel" ? "cancelled" : "queued") + " of " +
           std::to_string(orders);
  }

 private:
  int64_t group_ = 0;
};

TEST_F(PutPermutationsTest, EveryPermutationEndsInTheSameRow) {
  for (const History& history : kHistories) {
    for (const int together : {1, 2, 5}) {
      const auto orders = NewOrders(test::kPermutations);
      for (const test::Batch& batch : test::EveryPermutation(together))
        Deliver(orders, history, batch);
      EXPECT_EQ(Ends(orders), End(history, test::kPermutations))
          << absl::StrJoin(history, ",") << ", " << together << " together";
    }
  }
}

TEST_F(PutPermutationsTest, ConcurrentDeliveriesEndInTheSameRow) {
  constexpr int kOrders = 30;
  for (unsigned seed = 0; seed < std::size(kHistories); ++seed) {
    const History& history = kHistories[seed];
    const auto orders = NewOrders(kOrders);
    test::DeliverFromFourThreads(
        kOrders, seed, [&](const test::Batch& batch) { Deliver(orders, history, batch); });
    EXPECT_EQ(Ends(orders), End(history, kOrders)) << absl::StrJoin(history, ",");
  }
}

}  // namespace
}  // namespace fsft::fulfillment
