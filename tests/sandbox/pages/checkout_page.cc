#include "tests/sandbox/pages/html.h"
#include "tests/sandbox/pages/pages.h"

namespace fsft::sandbox {
namespace {

std::string Text(const Json& object, const char* name) {
  const Json value = object.value(name, Json(nullptr));
  return value.is_string() ? value.get<std::string>() : "";
}

std::string Items(const Json& session) {
  std::string html = "<ul class=\"items\">";
  for (const Json& item : session["line_items"]["data"]) {
    const int64_t quantity = item["quantity"];
    html += "<li><span>" + Escape(Text(item, "description"));
    if (quantity > 1) html += " <span class=\"quiet\">× " + std::to_string(quantity) + "</span>";
    html += "</span><span>" + Money(item["amount_total"], Text(item, "currency")) + "</span></li>";
  }
  return html + "</ul>";
}

std::string Message(const std::string& title, const std::string& text) {
  return Page(title, "<main class=\"narrow\"><div class=\"card\"><h1>" + Escape(title) +
                         "</h1><p>" + text + "</p></div></main>");
}

std::string LinkTo(const std::string& url, const std::string& text) {
  return url.empty() ? "" : "<a href=\"" + Escape(url) + "\">" + Escape(text) + "</a>";
}

std::string Form(const std::string& action, const std::string& button, const char* style) {
  return "<form method=\"post\" action=\"" + Escape(action) +
         "\"><button type=\"submit\" class=\"" + style + "\">" + Escape(button) +
         "</button></form>";
}

}  // namespace

std::string SuccessUrl(const Json& session) {
  static const std::string kPlaceholder = "{CHECKOUT_SESSION_ID}";
  std::string url = Text(session, "success_url");
  const std::string id = Text(session, "id");
  for (size_t at = url.find(kPlaceholder); at != std::string::npos;
       at = url.find(kPlaceholder, at + id.size())) {
    url.replace(at, kPlaceholder.size(), id);
  }
  return url;
}

std::string CheckoutPage(const Json& session) {
  const std::string status = Text(session, "status");
  if (status == "complete") {
    return Message("Already paid",
                   "This checkout is complete. " + LinkTo(SuccessUrl(session), "Back to the shop"));
  }
  if (status == "expired") {
    return Message(
        "This checkout has expired",
        "Nothing was charged. " + LinkTo(Text(session, "cancel_url"), "Back to the shop"));
  }
  const std::string amount = Money(session["amount_total"], Text(session, "currency"));
  const std::string action = "/pay/" + Text(session, "id");
  std::string body = "<main class=\"narrow\"><div class=\"card\"><h1 class=\"quiet\">Checkout</h1>";
  body += "<p class=\"amount\">" + amount + "</p>" + Items(session) + "<div class=\"buttons\">";
  body += Form(action, "Pay " + amount, "primary");
  if (!Text(session, "cancel_url").empty()) body += Form(action + "/cancel", "Cancel", "");
  body +=
      "</div></div><p class=\"quiet\">This page stands in for Stripe Checkout. Paying marks the "
      "session as paid and sends the signed webhooks.<br><code>" +
      Escape(Text(session, "id")) + "</code></p></main>";
  return Page("Pay " + amount, body);
}

std::string NoSuchSessionPage() {
  return Message("No such checkout", "There is no checkout session with this id.");
}

std::string ReceiptPage(const Json& charge) {
  return Message("Receipt", "Paid: " + Money(charge["amount"], Text(charge, "currency")) +
                                "<br><code>" + Escape(Text(charge, "id")) + "</code>");
}

}  // namespace fsft::sandbox
