#include "tests/sandbox/stripe/session_params.h"

#include <set>

#include "tests/sandbox/stripe/errors.h"
#include "tests/sandbox/stripe/params.h"

namespace fsft::sandbox::stripe {
namespace {

constexpr int64_t kShortestLife = int64_t{30} * 60;
constexpr int64_t kLongestLife = int64_t{24} * 60 * 60;
constexpr int64_t kSmallestTotal = 50;
constexpr int64_t kLargestAmount = 99'999'999;
constexpr size_t kLongestReference = 200;

// A few of Stripe's 135: enough to tell a right one from a wrong one.
void CheckCurrency(const std::string& param, const std::string& currency) {
  static const std::set<std::string> kCurrencies = {"usd", "eur", "gbp", "cad", "aud"};
  if (kCurrencies.count(currency) == 0) {
    RefuseInvalid(param, "Invalid currency: " + currency +
                             ". Stripe currently supports these currencies: usd, eur, gbp, cad, "
                             "aud (this sandbox; Stripe knows more)");
  }
}

void CheckUrl(const std::string& param, const std::string& url) {
  const bool web = url.starts_with("https://") || url.starts_with("http://");
  if (!web || url.find_first_of(" \t\r\n") != std::string::npos || url.size() > 5000) {
    RefuseInvalid(param, "Not a valid URL", "url_invalid");
  }
}

std::string ParseCurrency(const Params& price) {
  std::string currency = price.String("currency");
  CheckCurrency(price.NameOf("currency"), currency);
  return currency;
}

int64_t ParseAmount(const Params& price) {
  const std::optional<int64_t> amount = price.OptionalInteger("unit_amount");
  if (!amount) RefuseMissing(price.NameOf("unit_amount"));
  if (*amount < 0) {
    RefuseInvalid(price.NameOf("unit_amount"), "Invalid non-negative integer",
                  "parameter_invalid_integer");
  }
  if (*amount > kLargestAmount) {
    RefuseInvalid(price.NameOf("unit_amount"), "Amount must be no more than $999,999.99",
                  "amount_too_large");
  }
  return *amount;
}

// Prices and products that live in an account's catalogue: there is no catalogue here.
void RefuseCatalogue(const Params& item, const Params* price) {
  if (const auto id = item.OptionalString("price")) {
    RefuseNoSuch("price", *id, item.NameOf("price"));
  }
  if (price == nullptr) return;
  if (const auto id = price->OptionalString("product")) {
    RefuseNoSuch("product", *id, price->NameOf("product"));
  }
}

LineItem ParseItem(const Params& item, std::string& currency) {
  item.AllowOnly({"price", "price_data", "quantity", "metadata"});
  item.Metadata();
  const std::optional<Params> price = item.Child("price_data");
  RefuseCatalogue(item, price ? &*price : nullptr);
  if (!price) RefuseMissing(item.NameOf("price_data"));
  price->AllowOnly({"currency", "product", "product_data", "tax_behavior", "unit_amount"});
  const std::string this_currency = ParseCurrency(*price);
  if (!currency.empty() && currency != this_currency) {
    RefuseInvalid(price->NameOf("currency"),
                  "All line items in a Checkout Session must have the same currency");
  }
  currency = this_currency;
  const std::optional<Params> product = price->Child("product_data");
  if (!product) RefuseMissing(price->NameOf("product_data"));
  product->AllowOnly({"name", "description", "images", "metadata", "tax_code", "unit_label"});
  LineItem parsed;
  parsed.name = product->String("name");
  parsed.description = product->OptionalString("description").value_or("");
  parsed.unit_amount = ParseAmount(*price);
  parsed.quantity = item.OptionalInteger("quantity").value_or(0);
  if (parsed.quantity < 1) RefuseMissing(item.NameOf("quantity"));
  return parsed;
}

void ParseItems(const Params& params, SessionSpec& spec) {
  const std::vector<Params> items = params.List("line_items");
  if (items.empty()) RefuseMissing("line_items");
  if (items.size() > 100) RefuseInvalid("line_items", "No more than 100 line items are allowed");
  for (const Params& item : items) {
    spec.items.push_back(ParseItem(item, spec.currency));
    spec.amount_total += spec.items.back().unit_amount * spec.items.back().quantity;
  }
  if (spec.amount_total > 0 && spec.amount_total < kSmallestTotal) {
    RefuseInvalid(
        "",
        "The Checkout Session's total amount due must add up to at least $0.50 " + spec.currency,
        "amount_too_small");
  }
}

void ParseUrls(const Params& params, SessionSpec& spec) {
  spec.success_url = params.String("success_url");
  CheckUrl("success_url", spec.success_url);
  spec.cancel_url = params.OptionalString("cancel_url");
  if (spec.cancel_url) CheckUrl("cancel_url", *spec.cancel_url);
}

void ParseIntentData(const Params& params, SessionSpec& spec) {
  spec.intent_metadata = Json::object();
  const std::optional<Params> intent = params.Child("payment_intent_data");
  if (!intent) return;
  intent->AllowOnly({"capture_method", "description", "metadata", "statement_descriptor",
                     "statement_descriptor_suffix"});
  intent->OneOf("capture_method", {"automatic", "automatic_async"});
  spec.intent_metadata = intent->Metadata();
  spec.intent_description = intent->OptionalString("description");
}

int64_t ParseExpiry(const Params& params, int64_t now) {
  const int64_t expires_at = params.OptionalInteger("expires_at").value_or(now + kLongestLife);
  if (expires_at < now + kShortestLife) {
    RefuseInvalid("expires_at",
                  "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
                  "creation.");
  }
  if (expires_at > now + kLongestLife) {
    RefuseInvalid("expires_at",
                  "The `expires_at` timestamp must be less than 24 hours from Checkout Session "
                  "creation.");
  }
  return expires_at;
}

// Stripe filters what the dashboard allows by this list. What cannot be paid here is refused rather
// than ignored, so that nobody takes a test with another method for a proof.
void ParseMethods(const Params& params, SessionSpec& spec) {
  spec.allowed_payment_method_types = params.Strings("allowed_payment_method_types");
  for (size_t i = 0; i < spec.allowed_payment_method_types.size(); ++i) {
    if (spec.allowed_payment_method_types[i] == "card") continue;
    RefuseInvalid("allowed_payment_method_types[" + std::to_string(i) + "]",
                  "This sandbox only pays by card");
  }
  if (const auto pricing = params.Child("adaptive_pricing")) {
    pricing->AllowOnly({"enabled"});
    spec.adaptive_pricing = pricing->OptionalBool("enabled").value_or(true);
  }
}

// Only what the product uses is stood in for; the rest is refused as what it is, not as unknown.
void ParseMode(const Params& params) {
  const auto mode = params.OneOf("mode", {"payment", "setup", "subscription"});
  if (!mode) RefuseMissing("mode");
  if (*mode != "payment") RefuseInvalid("mode", "This sandbox only stands in for mode=payment");
  params.OneOf("ui_mode", {"hosted_page"});
}

void ParseReferences(const Params& params, SessionSpec& spec) {
  spec.client_reference_id = params.OptionalString("client_reference_id");
  if (spec.client_reference_id && spec.client_reference_id->size() > kLongestReference) {
    RefuseInvalid("client_reference_id", "Invalid string: must be at most 200 characters",
                  "parameter_invalid_string");
  }
  spec.customer_email = params.OptionalString("customer_email");
  if (spec.customer_email && spec.customer_email->find('@') == std::string::npos) {
    RefuseInvalid("customer_email", "Invalid email address: " + *spec.customer_email,
                  "email_invalid");
  }
  spec.metadata = params.Metadata();
}

}  // namespace

SessionSpec ParseSession(const Json& form, int64_t now) {
  const Params params(form);
  params.AllowOnly({"adaptive_pricing", "allowed_payment_method_types", "cancel_url",
                    "client_reference_id", "customer_email", "expand", "expires_at", "line_items",
                    "locale", "metadata", "mode", "payment_intent_data", "submit_type",
                    "success_url", "ui_mode"});
  SessionSpec spec;
  ParseMode(params);
  ParseMethods(params, spec);
  ParseItems(params, spec);
  ParseUrls(params, spec);
  ParseReferences(params, spec);
  ParseIntentData(params, spec);
  // Judged at each call: a request that is repeated under its key is answered before it gets here,
  // so that its expiry may by then be too near.
  spec.expires_at = ParseExpiry(params, now);
  spec.locale = params.OptionalString("locale").value_or("");
  spec.submit_type = params.OneOf("submit_type", {"auto", "book", "donate", "pay"}).value_or("");
  return spec;
}

}  // namespace fsft::sandbox::stripe
