#include "tests/sandbox/pages/html.h"
#include "tests/sandbox/pages/pages.h"

namespace fsft::sandbox {
namespace {

std::string Row(const char* path, const char* what) {
  return std::string("<tr><td><a href=\"") + path + "\"><code>" + path + "</code></a></td><td>" +
         what + "</td></tr>";
}

std::string Described(const char* path, const char* what) {
  return std::string("<tr><td><code>") + path + "</code></td><td>" + what + "</td></tr>";
}

}  // namespace

std::string OverviewPage(const Json& counts) {
  std::string numbers;
  for (const auto& [name, count] : counts.items()) {
    numbers += (numbers.empty() ? "" : " · ") + Escape(name) + " " + count.dump();
  }
  std::string body =
      "<main><h1>Stands in for Stripe, Lob and a mail server</h1><p>" + numbers + "</p>";
  body += "<div class=\"card\"><h2>Look</h2><table>" + Row("/mailbox", "the letters, as printed") +
          Row("/inbox", "the emails, as sent") +
          Row("/sandbox/stripe/requests", "what Stripe was asked") +
          Row("/sandbox/stripe/webhooks", "attempts to deliver Stripe's webhooks") +
          Row("/sandbox/lob/requests", "what Lob was asked") +
          Row("/sandbox/lob/letters", "the letters") +
          Row("/sandbox/lob/webhooks", "attempts to deliver Lob's webhooks") +
          Row("/sandbox/smtp/mails", "the emails") +
          Row("/sandbox/knobs", "what shall go wrong, and what is held") +
          Row("/sandbox/health", "is it up") + "</table></div>";
  body += "<div class=\"card\"><h2>Called by products</h2><table>" +
          Described("/v1/…", "Stripe's API: checkout sessions, events, payment intents, refunds") +
          Described("/pay/{session_id}", "the page that a checkout session's URL leads to") +
          Described("/lob/v1/letters", "Lob's API") + "</table></div></main>";
  return Page("Sandbox", body);
}

}  // namespace fsft::sandbox
