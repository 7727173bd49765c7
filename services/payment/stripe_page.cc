#include "services/payment/stripe_page.h"

namespace fsft::payment {

absl::Status Unreadable() { return absl::UnavailableError("stripe's answer cannot be read"); }

absl::StatusOr<ListPage> ReadListPage(const std::string& body) {
  nlohmann::json list = nlohmann::json::parse(body, nullptr, false);
  if (!list.is_object() || !list.contains("data") || !list["data"].is_array() ||
      !list.contains("has_more") || !list["has_more"].is_boolean()) {
    return Unreadable();
  }
  ListPage page{.data = std::move(list["data"]), .has_more = list["has_more"].get<bool>()};
  if (page.has_more && page.data.empty()) return Unreadable();
  return page;
}

}  // namespace fsft::payment
