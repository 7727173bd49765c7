#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "services/payment/checkout_store.h"
#include "services/payment/event_store.h"
#include "services/payment/payment_store.h"
#include "shared/metrics/metrics.h"
#include "tests/support/test_database.h"

namespace fsft::payment {

// What the tests of payment share: a database of the suite's own with one frozen draft, and what a
// payment of it looks like. Each test starts without payments, and ends with a look at the audit
// trail.
class PaymentsTest : public testing::Test {
 protected:
  static constexpr char kIntake[] = "0193a000-0000-7000-8000-00000000000a";
  static constexpr char kDraft[] = "0193a000-0000-7000-8000-00000000000b";
  static constexpr char kPayment[] = "0193a000-0000-7000-8000-000000000001";
  static constexpr char kOtherPayment[] = "0193a000-0000-7000-8000-000000000002";

  static void SetUpTestSuite();
  static void TearDownTestSuite() { test_database_.reset(); }
  PaymentsTest();

  static db::Deadline Soon();
  // What a checkout of the draft stores.
  static NewPayment Wanted(const std::string& payment_id = kPayment);
  // Stripe's word that the payment's session was paid.
  static StripeEvent Paid(const std::string& event_id = "evt_1");
  // Another event about the same payment; of a refund it is about the whole amount.
  static StripeEvent Event(const std::string& event_id, const std::string& type);

  // The payment, open, with the session of Paid().
  void OpenWithSession();
  // Ends the draft's open payment as a checkout does.
  void End(const PaymentEnd& end = {"expired", "session_expired"});
  // Takes an event; expects no error and answers the outcome.
  std::string Apply(const StripeEvent& event, bool livemode = false);

  std::string Owner(const std::string& sql) const;
  std::string State(const std::string& payment_id = kPayment) const;
  // The neighbours that are to be told something, sorted.
  std::string Outbox() const;
  // Returns when so many sessions of this database wait for another one's row or table.
  void WaitUntilSomebodyWaitsForALock(int sessions = 1) const;
  // The trail of each payment leads from nothing to the row's state, one row for each version.
  void ExpectWholeTrails() const;
  // The same, and then forgets all payments; for several stories in one test.
  void StartAfresh();

  static inline std::unique_ptr<test::TestDatabase> test_database_;
  metrics::Registry registry_;
  std::unique_ptr<db::Database> database_;
  CheckoutStore checkouts_;
  EventStore events_;
  PaymentStore payments_;

 private:
  void TearDown() override { StartAfresh(); }
};

}  // namespace fsft::payment
