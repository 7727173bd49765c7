#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace fsft::fulfillment {

// What customers are written to about; words of the table.
inline constexpr std::array<std::string_view, 6> kNotificationKinds = {
    "paid", "mailed", "delivered", "returned", "refunded", "failed"};

// What an email may speak of: how the order and its letter stand when it is written.
struct OrderFacts {
  std::string state{};
  std::string want{};
  // 0 and empty where payment has not told.
  int64_t amount_cents = 0;
  std::string currency{};
  int64_t refunded_cents = 0;
  std::string tracking_number{};
  std::string expected_delivery{};  // ISO 8601
};

// An intended email that this replica has leased; whatever is written of it afterwards names its
// claim.
struct Notification {
  std::string payment_id;
  std::string kind;
  int64_t claim = 0;
  int failures = 0;
  // News no more.
  bool is_too_old = false;
  std::string intake_id;
  // Of the letter when these facts were read.
  int64_t version = 0;
  int64_t order_version = 0;
  OrderFacts facts;
};

}  // namespace fsft::fulfillment
