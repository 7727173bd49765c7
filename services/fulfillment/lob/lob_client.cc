#include "services/fulfillment/lob/lob_client.h"

#include <utility>

#include "services/fulfillment/lob/lob_answer.h"

namespace fsft::fulfillment {
namespace {

using Parts = std::vector<http::Part>;

void AddField(Parts& parts, std::string name, std::string value) {
  if (value.empty()) return;
  parts.push_back(
      {.name = std::move(name), .filename = "", .content_type = "", .data = std::move(value)});
}

void AddAddress(Parts& parts, const std::string& whose, const PostalAddress& address) {
  AddField(parts, whose + "[name]", address.name);
  AddField(parts, whose + "[company]", address.company);
  AddField(parts, whose + "[address_line1]", address.line1);
  AddField(parts, whose + "[address_line2]", address.line2);
  AddField(parts, whose + "[address_city]", address.city);
  AddField(parts, whose + "[address_state]", address.state);
  AddField(parts, whose + "[address_zip]", address.zip);
}

// Everything is said, defaults of the account included: they may be changed behind our back between
// two attempts.
Parts LetterParts(const PrintJob& job) {
  Parts parts;
  AddAddress(parts, "to", job.to);
  AddAddress(parts, "from", job.from);
  AddField(parts, "use_type", "operational");
  AddField(parts, "color", "false");
  AddField(parts, "double_sided", "true");
  AddField(parts, "address_placement", "top_first_page");
  AddField(parts, "mail_type", "usps_first_class");
  if (job.certified) AddField(parts, "extra_service", "certified");
  AddField(parts, "metadata[payment_id]", job.payment_id);
  AddField(parts, "metadata[generation]", std::to_string(job.generation));
  parts.push_back({.name = "file",
                   .filename = "letter.pdf",
                   .content_type = "application/pdf",
                   .data = std::string(job.pdf)});
  return parts;
}

}  // namespace

LobClient::LobClient(std::string api_base, config::Secret api_key,
                     std::chrono::milliseconds timeout, Transport transport)
    : letters_url_(std::move(api_base) + "/letters"),
      api_key_(std::move(api_key)),
      timeout_(timeout),
      transport_(std::move(transport)) {}

PrintAnswer LobClient::Print(const PrintJob& job) {
  http::Request request;
  request.method = "POST";
  request.url = letters_url_;
  request.headers = {{"Authorization", http::BasicAuthorization(api_key_.Reveal(), "")},
                     {"Idempotency-Key", job.payment_id + ":" + std::to_string(job.generation)}};
  request.multipart = LetterParts(job);
  request.total_timeout = timeout_;
  return ReadLobAnswer(transport_(request));
}

}  // namespace fsft::fulfillment
