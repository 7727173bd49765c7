#include "shared/smtp/client.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "shared/smtp/headers.h"
#include "shared/smtp/stopping.h"
#include "shared/smtp/transfer.h"

namespace fsft::smtp {
namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

// Empty when the URL has no such part.
std::string PartOf(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return "";
  std::string value(text);
  curl_free(text);
  return value;
}

// Not by the look of it: 127.example.com may be anybody's.
bool IsThisMachine(const std::string& host) {
  constexpr uint32_t kLoopback = 127;
  in_addr address;
  return host == "localhost" || host == "[::1]" ||
         (inet_pton(AF_INET, host.c_str(), &address) == 1 &&
          ntohl(address.s_addr) >> 24 == kLoopback);
}

}  // namespace

absl::StatusOr<Client> Client::Create(ClientOptions options) {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialised != CURLE_OK) std::abort();
  // With CURLOPT_NOSIGNAL libcurl leaves SIGPIPE to the program; a server that hangs up would end
  // it.
  std::signal(SIGPIPE, SIG_IGN);
  const Url url(curl_url(), curl_url_cleanup);
  // The text of the error would show the URL, which has the password in it.
  if (curl_url_set(url.get(), CURLUPART_URL, options.url.c_str(), 0) != CURLUE_OK ||
      PartOf(url, CURLUPART_HOST).empty()) {
    return absl::InvalidArgumentError("not the URL of a mail server");
  }
  const bool has_password = !PartOf(url, CURLUPART_USER).empty();
  return Client(std::move(options), has_password && !IsThisMachine(PartOf(url, CURLUPART_HOST)));
}

Client::Client(ClientOptions options, bool insist_on_tls)
    : options_(std::move(options)),
      insist_on_tls_(insist_on_tls),
      stopping_(std::make_shared<Stopping>()) {}

void Client::Stop(std::chrono::milliseconds patience) const { stopping_->Begin(patience); }

absl::StatusOr<Answer> Client::Send(const Message& message) const {
  absl::StatusOr<std::vector<std::string>> headers = HeadersOf(message);
  if (!headers.ok()) return headers.status();
  return Transfer(message, *headers, options_, insist_on_tls_, *stopping_).Run();
}

}  // namespace fsft::smtp
