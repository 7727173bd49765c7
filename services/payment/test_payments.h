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

// What the tests of the stores share: a database of their own with one frozen draft, and a payment
// of it.
class PaymentsTest : public testing::Test {
 protected:
  static constexpr char kIntake[] = "0193a000-0000-7000-8000-00000000000a";
  static constexpr char kDraft[] = "0193a000-0000-7000-8000-00000000000b";
  static constexpr char kPayment[] = "0193a000-0000-7000-8000-000000000001";
  static constexpr char kOtherPayment[] = "0193a000-0000-7000-8000-000000000002";

  PaymentsTest();

  static db::Deadline Soon();
  // What a checkout of the draft stores.
  static NewPayment Wanted(const std::string& payment_id = kPayment);
  // Stripe's word that the payment's session was paid.
  static StripeEvent Paid(const std::string& event_id = "evt_1");

  // The payment, open, with the session of Paid().
  void OpenWithSession();
  // Takes an event; expects no error and answers the outcome.
  std::string Apply(const StripeEvent& event, bool livemode = false);

  std::string Owner(const std::string& sql) const;
  std::string State(const std::string& payment_id = kPayment) const;
  // The neighbours that are to be told something, sorted.
  std::string Outbox() const;

  test::TestDatabase test_database_;
  metrics::Registry registry_;
  std::unique_ptr<db::Database> database_;
  CheckoutStore checkouts_;
  EventStore events_;
  PaymentStore payments_;
};

}  // namespace fsft::payment
