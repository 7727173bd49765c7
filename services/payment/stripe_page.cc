#include "services/payment/stripe_page.h"

#include <utility>

namespace fsft::payment {

absl::Status Unreadable() { return absl::UnavailableError("stripe's answer cannot be read"); }

absl::StatusOr<ListPage> ReadListPage(const std::string& body) {
  auto document = std::make_unique<StripeDocument>(body);
  std::optional<std::vector<StripeObject>> data = document->root().Objects("data");
  const std::optional<bool> has_more = document->root().Flag("has_more");
  if (!data || !has_more || (*has_more && data->empty())) return Unreadable();
  return ListPage{.document = std::move(document), .data = *std::move(data), .has_more = *has_more};
}

}  // namespace fsft::payment
