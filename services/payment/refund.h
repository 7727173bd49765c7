#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "shared/time/clock.h"

namespace fsft::payment {

// What an operator asks for.
struct RefundWish {
  std::string payment_id{};
  // Nothing: all that is left.
  std::optional<int64_t> amount_cents{};
  // "duplicate", "fraudulent", "requested_by_customer" or "other".
  std::string reason{};
  std::string actor{};
  // Also when nobody knows whether the letter was mailed.
  bool force = false;
  // Only while the payment waits for a decision.
  bool ends_review = false;
  // How the request is recognised when it comes again: SHA-256 of its key and of its body.
  std::string request_key{};
  std::string request_digest{};
  std::chrono::seconds request_lifetime{};
};

// A refund as operators see it.
struct Refund {
  std::string refund_id{};
  std::string payment_id{};
  // requested, held, submitted, succeeded or failed.
  std::string state{};
  int64_t amount_cents = 0;
  std::string currency{};
  std::string reason{};
  // "operator" or "stripe".
  std::string origin{};
  bool is_after_mailing = false;
  // It waits because nobody knows whether the letter was mailed.
  bool is_outcome_unknown = false;
  std::string failure{};
  time::TimePoint created_at{};
  std::optional<time::TimePoint> settled_at{};
};

// A refund whose next step is to be done, with the right to do it.
struct DueRefund {
  std::string refund_id{};
  std::string payment_id{};
  std::string state{};
  int64_t amount_cents = 0;
  // Stripe is asked without an amount.
  bool is_whole = false;
  // With it nothing of the money is left, so it is given instead of the letter.
  bool leaves_nothing = false;
  bool is_forced = false;
  bool is_after_mailing = false;
  std::string reason{};
  // Empty for a payment of which Stripe has never named one.
  std::string payment_intent{};
  // Stripe may have been asked: since then.
  std::optional<std::chrono::seconds> posted_ago{};
  int64_t claim = 0;
  int failures = 0;
};

// What a refund may do, by where its letter stands after it was told to wait.
enum class LetterVerdict {
  // Nothing will be mailed.
  kHeld,
  // It has been mailed, or may have been, and the money is given all the same.
  kMailed,
  // Nobody knows yet.
  kWait,
  // It was mailed meanwhile, and the money was asked for instead of it.
  kTooLate,
};

// `letter` is fulfillment's word. The customer gets the letter or the money: what was asked for
// instead of the letter is not given when the letter was faster; the operator decides anew.
LetterVerdict VerdictOn(std::string_view letter, const DueRefund& refund);

}  // namespace fsft::payment
