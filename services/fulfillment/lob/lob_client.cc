#include "services/fulfillment/lob/lob_client.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "services/fulfillment/lob/lob_answer.h"
#include "services/fulfillment/lob/lob_key.h"

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

// Where Lob does not say how long it wants to be left alone; it says so in whole seconds.
constexpr std::chrono::seconds kSilence{30};

// The lanes of the pace.
enum Endpoint : size_t { kPrint, kList, kLook, kCancel };
static_assert(kCancel + 1 == LobClient::kEndpoints);

// Asks when it is our turn, and hears what the answer says about our speed.
template <class Answer, class Ask>
Answer Paced(work::Pace& pace, size_t endpoint, Ask ask) {
  if (const std::optional<std::chrono::seconds> silence = pace.AwaitTurn(endpoint)) {
    if (*silence == std::chrono::seconds(0)) return NotNow{.cause = NotNow::Cause::kStopping};
    return NotNow{.cause = NotNow::Cause::kRateLimited, .retry_after = *silence};
  }
  Answer answer = ask();
  const auto* obstacle = std::get_if<NotNow>(&answer);
  if (obstacle != nullptr && obstacle->cause == NotNow::Cause::kRateLimited)
    pace.BeSilentFor(obstacle->retry_after.count() > 0 ? obstacle->retry_after : kSilence);
  return answer;
}

// A list longer than this says nothing that is worth the requests.
constexpr int kMostPages = 1000;
// Of one page with a hundred letters, each of which Lob describes at length.
constexpr size_t kMostListBytes = size_t{8} << 20;

}  // namespace

LobClient::LobClient(std::string api_base, std::function<config::Secret()> api_key,
                     std::chrono::milliseconds timeout, work::Pace& pace, Transport transport)
    : letters_url_(std::move(api_base) + "/letters"),
      api_key_(std::move(api_key)),
      timeout_(timeout),
      pace_(pace),
      transport_(std::move(transport)) {}

void LobClient::StopAsking() {
  for (const Endpoint endpoint : {kList, kLook, kCancel}) pace_.Close(endpoint);
}

http::Request LobClient::NewRequest(std::string method, std::string url) const {
  http::Request request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.total_timeout = timeout_;
  return request;
}

template <class Answer, class Read>
Answer LobClient::Ask(size_t endpoint, http::Request request, Read read) {
  return Paced<Answer>(pace_, endpoint, [&] {
    const config::Secret key = api_key_();
    request.headers.emplace_back("Authorization", http::BasicAuthorization(key.Reveal(), ""));
    Answer answer = read(transport_(request));
    auto* obstacle = std::get_if<NotNow>(&answer);
    if (obstacle != nullptr && obstacle->cause == NotNow::Cause::kCredentials)
      obstacle->refused_key = KeyFingerprint(key);
    return answer;
  });
}

PrintAnswer LobClient::Print(const PrintJob& job) {
  http::Request request = NewRequest("POST", letters_url_);
  request.headers.emplace_back("Idempotency-Key",
                               job.payment_id + ":" + std::to_string(job.generation));
  request.multipart = LetterParts(job);
  return Ask<PrintAnswer>(kPrint, std::move(request), ReadPrintAnswer);
}

SearchAnswer LobClient::FindLetters(const std::string& payment_id) {
  return ListAll("limit=100&" + http::FormEncode({{"metadata[payment_id]", payment_id}}));
}

SearchAnswer LobClient::ListLetters(time::TimePoint since) {
  return ListAll("limit=100&" +
                 http::FormEncode({{"date_created[gt]", time::FormatRfc3339(since)}}));
}

SearchAnswer LobClient::ListAll(std::string query) {
  using Page = std::variant<LetterPage, NotNow>;
  std::vector<PrintedLetter> letters;
  for (int pages = 0; pages < kMostPages; ++pages) {
    http::Request request = NewRequest("GET", letters_url_ + "?" + query);
    request.max_response_bytes = kMostListBytes;
    Page answer = Ask<Page>(kList, std::move(request), ReadLetterPage);
    if (const auto* obstacle = std::get_if<NotNow>(&answer)) return *obstacle;
    auto& page = std::get<LetterPage>(answer);
    std::move(page.letters.begin(), page.letters.end(), std::back_inserter(letters));
    if (page.next_query.empty()) return letters;
    query = std::move(page.next_query);
  }
  return NotNow{};
}

LookAnswer LobClient::Look(const std::string& letter_id) {
  return Ask<LookAnswer>(kLook,
                         NewRequest("GET", letters_url_ + "/" + http::PercentEncode(letter_id)),
                         ReadLookAnswer);
}

CancelAnswer LobClient::Cancel(const std::string& letter_id) {
  return Ask<CancelAnswer>(
      kCancel, NewRequest("DELETE", letters_url_ + "/" + http::PercentEncode(letter_id)),
      ReadCancelAnswer);
}

}  // namespace fsft::fulfillment
