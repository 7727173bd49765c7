#include <gtest/gtest.h>

#include <future>

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

// They share statements; what is wrong with one of them is no other's.
TEST_F(CheckoutStoreTest, OpensEachOfManyThatComeTogetherAndKeepsTheirSessions) {
  constexpr int kCount = 24;
  const auto id = [](const std::string& kind, int i) {
    return "0193a000-0000-7000-8000-0000000" + kind + std::to_string(100 + i);
  };
  for (int i = 1; i < kCount; ++i) {
    Owner("INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type) VALUES ('" +
          id("02", i) + "', '" + kIntake + "', " + std::to_string(100 + i) + ", 'standard')");
  }
  std::vector<std::future<absl::StatusOr<StoredSession>>> calls;
  for (int i = 0; i < kCount; ++i) {
    calls.push_back(std::async(std::launch::async, [&, i]() -> absl::StatusOr<StoredSession> {
      NewPayment payment = Wanted(id("01", i));
      payment.draft_id = id("02", i);
      const auto opened = checkouts_.Open(payment, Soon());
      if (!opened.ok()) return opened.status();
      EXPECT_EQ(opened->payment_id, payment.payment_id);
      EXPECT_EQ(opened->product_name, payment.product_name);
      return checkouts_.StoreSession(payment.payment_id, "cs_test_" + std::to_string(i), "",
                                     Soon());
    }));
  }
  EXPECT_EQ(rpc::DetailOf(calls[0].get().status()).reason(), "draft_not_found");
  for (int i = 1; i < kCount; ++i) {
    const auto stored = calls[i].get();
    ASSERT_TRUE(stored.ok()) << stored.status();
    EXPECT_EQ(stored->state, "pending");
  }
  EXPECT_EQ(
      Owner("SELECT count(*) FROM payment.payments"
            " WHERE stripe_session_id = 'cs_test_' || (CAST(right(CAST(payment_id AS text), 3)"
            " AS int) - 100) AND checkout_url IS NULL"
            " AND right(CAST(payment_id AS text), 3) = right(CAST(draft_id AS text), 3)"),
      std::to_string(kCount - 1));
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
