#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/payment/stripe_json.h"

namespace fsft::payment {

// One page of any of Stripe's lists.
struct ListPage {
  // What `data` points into.
  std::unique_ptr<StripeDocument> document;
  std::vector<StripeObject> data;
  bool has_more = false;
};

// UNAVAILABLE when the text is none: a page that is not understood must not be taken for the proof
// that something is not there. Nor is one that promises more and shows nothing to ask for it with.
absl::StatusOr<ListPage> ReadListPage(const std::string& body);

absl::Status Unreadable();

}  // namespace fsft::payment
