#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/time/clock.h"

namespace fsft::payment {

// What is stored before Stripe is asked: every parameter of that request, so that a repeat sends
// the same one whatever the configuration is by then.
struct NewPayment {
  std::string payment_id;
  std::string intake_id;
  std::string draft_id;
  std::string content_sha256;
  // "standard" or "certified".
  std::string appeal_type;
  int64_t amount_cents = 0;
  std::string currency;
  std::string product_name;
  std::string success_url;
  std::string cancel_url;
};

// A payment as checkout sees it.
struct OpenPayment : NewPayment {
  std::string state;
  time::TimePoint created_at;
  time::TimePoint session_expires_at;
  // Pending, and its session is over by now; or it has none, and it is too late to ask for one:
  // Stripe wants half an hour until its end, and forgets idempotency keys after a day.
  bool stale = false;
  // Empty until Stripe has answered.
  std::string session_id;
  std::string checkout_url;
};

// How a payment ends that nobody has paid: "expired" or "failed", and a code for the audit trail.
struct PaymentEnd {
  std::string_view state;
  std::string_view reason;
};

// A payment as everybody else sees it.
struct Order {
  std::string payment_id;
  std::string intake_id;
  std::string draft_id;
  std::string session_id;
  std::string state;
  int64_t amount_cents = 0;
  std::string currency;
  int64_t refunded_cents = 0;
  // About to be given back.
  int64_t refund_reserved_cents = 0;
  std::string appeal_type;
  time::TimePoint created_at;
  std::optional<time::TimePoint> paid_at;
  // Empty until fulfillment has told.
  std::string delivery_state;
  std::string tracking_number;
  std::string expected_delivery;
  std::optional<time::TimePoint> mailed_at;
  std::optional<time::TimePoint> delivered_at;
  std::optional<time::TimePoint> returned_at;
  // Pending for a while, and Stripe was not asked about it a moment ago.
  bool may_be_checked = false;
};

}  // namespace fsft::payment
