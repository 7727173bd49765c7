#include "shared/http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <mutex>

#include "absl/status/status.h"
#include "shared/http/exchange.h"

namespace fsft::http {
namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

// RFC 9110: the characters of a method or a header's name.
bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

// A line break would begin a header, or a second request, of somebody else's making.
bool IsHeaderValue(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

absl::Status Check(const Request& request) {
  if (!IsToken(request.method)) return absl::InvalidArgumentError("not a method");
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name) || !IsHeaderValue(value)) return absl::InvalidArgumentError("not a header");
  }
  for (const Part& part : request.multipart) {
    if (!IsHeaderValue(part.content_type)) return absl::InvalidArgumentError("not a content type");
  }
  return absl::OkStatus();
}

}  // namespace

// Handles that are not in use, the one used last on top: its connections are the most likely to be
// still open. Each handle has its connections to itself, so a transfer takes no lock.
class Client::Pool {
 public:
  Pool() {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (initialised != CURLE_OK) std::abort();
    // With CURLOPT_NOSIGNAL libcurl leaves SIGPIPE to the program; a server that hangs up would end
    // it.
    std::signal(SIGPIPE, SIG_IGN);
  }

  Handle Take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        Handle handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
      }
    }
    Handle handle(curl_easy_init(), curl_easy_cleanup);
    if (handle == nullptr) std::abort();
    return handle;
  }

  void Return(Handle handle) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMostIdle) idle_.push_back(std::move(handle));
  }

 private:
  static constexpr size_t kMostIdle = 32;

  std::mutex mutex_;
  std::vector<Handle> idle_;
};

std::string_view Response::Find(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoringCase(key, name)) return value;
  }
  return {};
}

Client::Client(ClientOptions options)
    : options_(std::move(options)), pool_(std::make_unique<Pool>()) {}

Client::~Client() = default;

absl::StatusOr<Response> Client::Send(const Request& request) const {
  absl::Status status = Check(request);
  if (!status.ok()) return status;
  const auto start = std::chrono::steady_clock::now();
  Handle handle = pool_->Take();
  absl::StatusOr<Response> response = Exchange(handle.get(), request, options_).Run();
  pool_->Return(std::move(handle));
  if (options_.observe) options_.observe(response, std::chrono::steady_clock::now() - start);
  return response;
}

}  // namespace fsft::http
