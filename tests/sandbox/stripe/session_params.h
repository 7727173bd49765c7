#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/json.h"

namespace fsft::sandbox::stripe {

struct LineItem {
  std::string name;
  std::string description;
  int64_t unit_amount = 0;  // cents
  int64_t quantity = 1;
};

// A checkout session as it was asked for.
struct SessionSpec {
  std::string currency;
  std::vector<LineItem> items;
  int64_t amount_total = 0;  // cents
  std::string success_url;
  std::optional<std::string> cancel_url;
  std::optional<std::string> client_reference_id;
  std::optional<std::string> customer_email;
  std::vector<std::string> allowed_payment_method_types;
  bool adaptive_pricing = true;
  int64_t expires_at = 0;  // Unix seconds
  std::string locale;
  std::string submit_type;
  Json metadata;
  Json intent_metadata;
  std::optional<std::string> intent_description;
};

// Refuses (throws Refusal) what Stripe would refuse, in Stripe's words, and what this program
// cannot stand in for. `now` in Unix seconds.
SessionSpec ParseSession(const Json& form, int64_t now);

}  // namespace fsft::sandbox::stripe
