#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "shared/time/clock.h"

namespace fsft::payment {

class StripeObject;

// What we take from a Stripe event: ids and amounts. Whatever else is in it (the payer's name,
// email and address) is left where it is.
struct StripeEvent {
  std::string id;
  std::string type;
  time::TimePoint created;
  bool livemode = false;

  // Who brought it: "webhook", Stripe's "list" of events, or our own "check" of a session.
  std::string source = "webhook";

  // Of the checkout session, charge, refund or dispute that the event is about; empty or zero where
  // it has none.
  std::string session_id;
  std::string payment_intent;
  std::string customer;
  std::string payment_status;
  // What a session costs, what of a charge has been given back altogether, or what a refund gives
  // back.
  int64_t amount_cents = 0;
  std::string currency;
  // From our metadata; empty when the object is not ours.
  std::string payment_id;
  // Where Stripe shows the receipt; of a charge, or of a session that we have looked up.
  std::string receipt_url;

  // Of a refund or a dispute: Stripe's id and word for how it stands, and for a refund of ours our
  // id, and for one that failed Stripe's reason.
  std::string object_id;
  std::string object_status;
  std::string refund_id;
  std::string failure;

  // What it does to its payment: "paid" when money has arrived, "expired" or "failed" when none will,
  // "refunded" when some has gone back, "refund" or "dispute" when one of these has changed; empty
  // for an event that changes nothing.
  std::string_view Effect() const;
};

// INVALID_ARGUMENT "malformed_event" when it is no JSON or lacks what every event has. Call it on
// verified bytes only.
absl::StatusOr<StripeEvent> ParseStripeEvent(std::string_view payload);

// The same with one element of Stripe's list of events.
absl::StatusOr<StripeEvent> ParseStripeEvent(const StripeObject& root);

}  // namespace fsft::payment
