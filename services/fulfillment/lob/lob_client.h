#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "services/fulfillment/lob/printer.h"
#include "shared/config/secret.h"
#include "shared/http/client.h"
#include "shared/work/pace.h"

namespace fsft::fulfillment {

// Sends one HTTP request: http::Client::Send, or a fake.
using Transport = std::function<absl::StatusOr<http::Response>(const http::Request&)>;

// Lob's letters. Every request waits for its turn; while Lob wants silence none is sent, and the
// answer is the one that Lob would give.
class LobClient final : public Printer {
 public:
  // Of the pace: Lob counts the requests of each endpoint for themselves.
  static constexpr size_t kEndpoints = 4;

  // `api_base` ends in "/v1". `api_key` is asked for with every request; a key that begins with
  // "test_" prints nothing. `timeout` is for a whole request. `pace` has kEndpoints lanes and
  // outlives it.
  LobClient(std::string api_base, std::function<config::Secret()> api_key,
            std::chrono::milliseconds timeout, work::Pace& pace, Transport transport);

  // This process ends: searches, looks and cancellations are not begun any more. A letter is still
  // posted, for who posts one has written down that he does.
  void StopAsking();

  PrintAnswer Print(const PrintJob& job) override;
  SearchAnswer FindLetters(const std::string& payment_id) override;
  SearchAnswer ListLetters(time::TimePoint since) override;
  LookAnswer Look(const std::string& letter_id) override;
  CancelAnswer Cancel(const std::string& letter_id) override;

 private:
  http::Request NewRequest(std::string method, std::string url) const;
  // Sends it with the key of that moment when it is our turn in the endpoint's lane; `read` makes
  // the answer of it.
  template <class Answer, class Read>
  Answer Ask(size_t endpoint, http::Request request, Read read);
  // All pages of a list, of which `query` is the first.
  SearchAnswer ListAll(std::string query);

  const std::string letters_url_;
  const std::function<config::Secret()> api_key_;
  const std::chrono::milliseconds timeout_;
  work::Pace& pace_;
  const Transport transport_;
};

}  // namespace fsft::fulfillment
