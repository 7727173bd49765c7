#pragma once

#include <string>

#include "tests/sandbox/json.h"

namespace fsft::sandbox {

// Where an open checkout session is paid or cancelled; a paid or expired one says so. `session` has
// its line items.
std::string CheckoutPage(const Json& session);
std::string NoSuchSessionPage();

// `letters` newest first, as Letters::Mailbox answers them; `total` may be more.
std::string MailboxPage(const Json& letters, size_t total);

// `mails` newest first, as records of the mail server; `total` may be more.
std::string InboxPage(const Json& mails, size_t total);

// What is here. `counts`: name → number.
std::string OverviewPage(const Json& counts);

std::string ReceiptPage(const Json& charge);

// The success URL with the session's id in it, as Stripe sends payers back.
std::string SuccessUrl(const Json& session);

}  // namespace fsft::sandbox
