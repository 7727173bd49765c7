#pragma once

#include <string>
#include <string_view>

#include "services/fulfillment/notify/notification.h"

namespace fsft::fulfillment {

// The same words twice.
struct Email {
  std::string subject;
  std::string text;
  std::string html;
};

// Whether the news is still true: an email may have waited for hours, and the order has gone on.
bool IsStillTrue(std::string_view kind, const OrderFacts& facts);

// `link` leads to the page that shows how the order stands, and nothing of the person. The email
// itself names neither the person nor the citation: it may lie in somebody else's mailbox.
Email WriteEmail(std::string_view kind, const OrderFacts& facts, std::string_view link);

}  // namespace fsft::fulfillment
