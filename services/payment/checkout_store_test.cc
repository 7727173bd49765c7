#include <gtest/gtest.h>

#include <future>

#include "services/payment/checkout_sql.h"
#include "services/payment/test_payments.h"
#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

using CheckoutStoreTest = PaymentsTest;

TEST_F(CheckoutStoreTest, OpensAPaymentWithEveryParameterOfTheStripeRequest) {
  auto opened = checkouts_.Open(Wanted(), Soon());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->state, "pending");
  EXPECT_EQ(opened->product_name, "A letter");
  EXPECT_EQ(opened->content_sha256, std::string(32, 'h'));
  EXPECT_EQ(opened->session_id, "");
  EXPECT_EQ(Owner("SELECT session_expires_at - created_at BETWEEN interval '22:59:58' AND interval "
                  "'23 hours' "
                  "FROM payment.payments"),
            "t");
  EXPECT_EQ(Owner("SELECT action || ':' || to_state || ':' || version FROM payment.audit_log"),
            "open:pending:1");
}

TEST_F(CheckoutStoreTest, AnswersTheOpenPaymentWhenTheDraftHasOne) {
  OpenWithSession();
  auto again = checkouts_.Open(Wanted(kOtherPayment), Soon());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->payment_id, kPayment);
  EXPECT_EQ(again->session_id, "cs_test_1");
  EXPECT_EQ(again->checkout_url, "https://pay");
}

TEST_F(CheckoutStoreTest, AnswersThePaidPaymentAfterItWasPaid) {
  OpenWithSession();
  Apply(Paid());
  EXPECT_EQ(checkouts_.Open(Wanted(kOtherPayment), Soon())->state, "paid");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments"), "1");
}

TEST_F(CheckoutStoreTest, OpensANewPaymentAfterTheOldOneEnded) {
  OpenWithSession();
  End();
  EXPECT_EQ(checkouts_.Open(Wanted(kOtherPayment), Soon())->payment_id, kOtherPayment);
}

TEST_F(CheckoutStoreTest, OpensOnePaymentForTwinsOfACheckout) {
  std::vector<std::future<std::string>> twins;
  for (int i = 0; i < 8; ++i) {
    twins.push_back(std::async(std::launch::async, [this, i] {
      const std::string id = "0193a000-0000-7000-8000-00000000010" + std::to_string(i);
      return checkouts_.Open(Wanted(id), Soon())->payment_id;
    }));
  }
  const std::string first = twins[0].get();
  for (size_t i = 1; i < twins.size(); ++i) EXPECT_EQ(twins[i].get(), first);
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments"), "1");
}

TEST_F(CheckoutStoreTest, HasNoPaymentForADraftThatIsNotThere) {
  NewPayment wanted = Wanted();
  wanted.draft_id = kOtherPayment;
  const absl::Status status = checkouts_.Open(wanted, Soon()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(rpc::DetailOf(status).reason(), "draft_not_found");
}

// Many checkouts behind one that waits, so that they go together.
class ManyCheckoutsTest : public PaymentsTest {
 protected:
  static constexpr int kCount = 16;

  static std::string PaymentId(int i) {
    return "0193a000-0000-7000-8000-000000001" + std::to_string(100 + i);
  }
  static std::string DraftId(int i) {
    return "0193a000-0000-7000-8000-000000002" + std::to_string(100 + i);
  }
  static NewPayment WantedOf(int i) {
    NewPayment payment = Wanted(PaymentId(i));
    payment.draft_id = DraftId(i);
    return payment;
  }
  void StoreDraft(int i) {
    Owner("INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type) VALUES ('" +
          DraftId(i) + "', '" + kIntake + "', " + std::to_string(100 + i) +
          ", 'standard') ON CONFLICT DO NOTHING");
  }

  // Opens and then stores a session for each; the first one waits until all others are answered.
  std::vector<absl::StatusOr<StoredSession>> OpenAll() {
    std::vector<absl::StatusOr<StoredSession>> stored(kCount);
    std::future<void> first;
    const absl::Status held = database_->RunTransaction(Soon(), [&](db::Transaction& holder) {
      const auto opened =
          holder.Run(sql::kOpen, {db::Param::Array("payment_ids", Only(kOtherPayment)),
                                  db::Param::Array("intake_ids", Only(kIntake)),
                                  db::Param::Array("draft_ids", Only(DraftId(0))),
                                  db::Param::BytesArray("sha256s", Only(std::string(32, 'h'))),
                                  db::Param::Array("appeal_types", Only("standard")),
                                  db::Param::Array("amounts", std::vector<int64_t>{1}),
                                  db::Param::Array("currencies", Only("usd")),
                                  db::Param::Array("products", Only("p")),
                                  db::Param::Array("success_urls", Only("s")),
                                  db::Param::Array("cancel_urls", Only("c")),
                                  {"check_after", 1}});
      if (!opened.ok()) return opened.status();
      first = std::async(std::launch::async, [&] { stored[0] = OpenOne(0); });
      WaitUntilSomebodyWaitsForALock();
      std::vector<std::future<void>> others;
      for (int i = 1; i < kCount; ++i) {
        others.push_back(std::async(std::launch::async, [&, i] { stored[i] = OpenOne(i); }));
      }
      for (auto& other : others) other.get();
      return absl::CancelledError("and now the first one");
    });
    EXPECT_TRUE(absl::IsCancelled(held)) << held;
    first.get();
    return stored;
  }

 private:
  static std::vector<std::string> Only(const std::string& text) { return {text}; }
  absl::StatusOr<StoredSession> OpenOne(int i) {
    const auto opened = checkouts_.Open(WantedOf(i), Soon());
    if (!opened.ok()) return opened.status();
    EXPECT_EQ(opened->payment_id, PaymentId(i));
    EXPECT_EQ(opened->draft_id, DraftId(i));
    return checkouts_.StoreSession(PaymentId(i), "cs_test_" + std::to_string(i), "", Soon());
  }
};

TEST_F(ManyCheckoutsTest, ShareStatementsAndCommits) {
  for (int i = 0; i < kCount; ++i) StoreDraft(i);
  const auto all = OpenAll();
  for (int i = 0; i < kCount; ++i) EXPECT_TRUE(all[i].ok()) << i << all[i].status();
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments WHERE stripe_session_id = 'cs_test_' ||"
                  " (CAST(right(CAST(payment_id AS text), 3) AS int) - 100)"
                  " AND right(CAST(payment_id AS text), 3) = right(CAST(draft_id AS text), 3)"),
            std::to_string(kCount));
  EXPECT_EQ(Owner("SELECT count(DISTINCT CAST(xmin AS text)) < " + std::to_string(kCount) +
                  " FROM payment.audit_log"),
            "t");
}

TEST_F(ManyCheckoutsTest, AreNotSpoiledByOneOfADraftThatIsNotThere) {
  constexpr int kUnknown = kCount / 2;
  for (int i = 0; i < kCount; ++i) {
    if (i != kUnknown) StoreDraft(i);
  }
  Owner("DELETE FROM intake.drafts WHERE draft_id = '" + DraftId(kUnknown) + "'");
  const auto all = OpenAll();
  for (int i = 0; i < kCount; ++i) {
    EXPECT_EQ(all[i].ok(), i != kUnknown) << i << all[i].status();
  }
  EXPECT_EQ(rpc::DetailOf(all[kUnknown].status()).reason(), "draft_not_found");
}

TEST_F(CheckoutStoreTest, KeepsTheSessionThatTwinsBringTogether) {
  ASSERT_TRUE(checkouts_.Open(Wanted(), Soon()).ok());
  std::vector<std::future<absl::StatusOr<StoredSession>>> twins;
  for (int i = 0; i < 8; ++i) {
    twins.push_back(std::async(std::launch::async, [this] {
      return checkouts_.StoreSession(kPayment, "cs_test_1", "https://pay", Soon());
    }));
  }
  for (auto& twin : twins) EXPECT_TRUE(twin.get().ok());
}

TEST_F(CheckoutStoreTest, KeepsTheFirstSessionOfAPayment) {
  OpenWithSession();
  EXPECT_EQ(checkouts_.StoreSession(kPayment, "cs_test_1", "https://pay", Soon())->state,
            "pending");
  EXPECT_FALSE(checkouts_.StoreSession(kPayment, "cs_test_2", "https://pay", Soon()).ok());
  EXPECT_EQ((*payments_.FindByPayment(kPayment, Soon()))->session_id, "cs_test_1");
}

TEST_F(CheckoutStoreTest, TellsThatAPaymentEndedBeforeItsSessionWasStored) {
  ASSERT_TRUE(checkouts_.Open(Wanted(), Soon()).ok());
  End({"failed", "no_session_at_stripe"});
  EXPECT_EQ(checkouts_.StoreSession(kPayment, "cs_test_1", "https://pay", Soon())->state, "failed");
}

TEST_F(CheckoutStoreTest, WritesWhyAPaymentEndedAndTellsNobody) {
  OpenWithSession();
  End();
  EXPECT_EQ(Owner("SELECT from_state || ':' || to_state || ':' || reason FROM payment.audit_log "
                  "WHERE action = 'end'"),
            "pending:expired:session_expired");
  EXPECT_EQ(Outbox(), "");
}

TEST_F(CheckoutStoreTest, DoesNotEndAPaymentThatIsNotAsTheCallerSawIt) {
  auto without_session = checkouts_.Open(Wanted(), Soon());
  const PaymentEnd end{"failed", "no_session_at_stripe"};
  ASSERT_TRUE(checkouts_.StoreSession(kPayment, "cs_test_1", "https://pay", Soon()).ok());
  EXPECT_FALSE(*checkouts_.End(*without_session, end, Soon()));
  auto pending = checkouts_.Open(Wanted(kOtherPayment), Soon());
  Apply(Paid());
  EXPECT_FALSE(*checkouts_.End(*pending, end, Soon()));
  EXPECT_EQ(State(), "paid");
}

TEST_F(CheckoutStoreTest, KnowsWhenAPaymentIsStale) {
  const auto stale_after = [this](const char* age) {
    Owner(
        std::string("UPDATE payment.payments SET session_expires_at = now() + interval '23 hours' "
                    "- interval '") +
        age + "'");
    return checkouts_.Open(Wanted(kOtherPayment), Soon())->stale;
  };
  ASSERT_FALSE(checkouts_.Open(Wanted(), Soon())->stale);
  EXPECT_FALSE(stale_after("21 hours 59 minutes"));
  EXPECT_TRUE(stale_after("22 hours"));
  ASSERT_TRUE(checkouts_.StoreSession(kPayment, "cs_test_1", "https://pay", Soon()).ok());
  EXPECT_FALSE(stale_after("22 hours 59 minutes"));
  EXPECT_TRUE(stale_after("23 hours"));
  Apply(Paid());
  EXPECT_FALSE(stale_after("23 hours"));
}

constexpr db::Statement kPay = {"test.pay", R"sql(
WITH paid AS (
  UPDATE payment.payments SET state = 'paid', version = version + 1, paid_at = now() RETURNING payment_id, version
)
INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version)
SELECT payment_id, 'stripe', 'money_arrived', 'pending', 'paid', version FROM paid)sql"};

// The checkout sees the old state in its snapshot; only the lock makes it wait and look again.
TEST_F(CheckoutStoreTest, OpensNothingBehindAPaymentThatIsJustBeingPaid) {
  OpenWithSession();
  std::future<absl::StatusOr<OpenPayment>> checkout;
  const absl::Status paid = database_->RunTransaction(Soon(), [&](db::Transaction& webhook) {
    if (auto rows = webhook.Run(kPay, {}); !rows.ok()) return rows.status();
    checkout = std::async(std::launch::async,
                          [&] { return checkouts_.Open(Wanted(kOtherPayment), Soon()); });
    WaitUntilSomebodyWaitsForALock();
    return absl::OkStatus();
  });
  ASSERT_TRUE(paid.ok()) << paid;
  const auto answer = checkout.get();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->state, "paid");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments"), "1");
}

}  // namespace
}  // namespace fsft::payment
