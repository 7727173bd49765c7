#pragma once

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "services/fulfillment/lob/printer.h"
#include "shared/http/client.h"

namespace fsft::fulfillment {

// What Lob's answer to POST /letters, or the lack of one, proves. Whatever is not understood counts
// as "may have been accepted": a doubt costs a search, a wrong certainty costs a second letter.
PrintAnswer ReadPrintAnswer(const absl::StatusOr<http::Response>& response);

// One page of GET /letters. Whatever is not understood counts as no answer, never as an empty list.
struct LetterPage {
  std::vector<PrintedLetter> letters{};
  // The query of the page after it, without '?'; empty on the last one.
  std::string next_query{};
};
std::variant<LetterPage, NotNow> ReadLetterPage(const absl::StatusOr<http::Response>& response);

// The answer to GET /letters/{id}. Whatever is not understood counts as no answer.
LookAnswer ReadLookAnswer(const absl::StatusOr<http::Response>& response);

// For how long Lob wants to be left alone; 0 where it does not say.
std::chrono::seconds RetryAfter(const http::Response& response);

// The answer to DELETE /letters/{id}.
CancelAnswer ReadCancelAnswer(const absl::StatusOr<http::Response>& response);

}  // namespace fsft::fulfillment
