#include "shared/http/exchange.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace fsft::http {
namespace {

constexpr size_t kMostHeaderBytes = 65'536;
// Servers close idle connections after a minute or so. Reusing one at that very moment costs a
// request of unknown fate.
constexpr long kOldestIdleSeconds = 45;

template <typename Value>
void Set(CURL* handle, CURLoption option, Value value) {
  // Fails for want of memory, or for an option that this libcurl lacks; then some promise of
  // client.h would be broken.
  if (curl_easy_setopt(handle, option, value) != CURLE_OK) std::abort();
}

// libcurl takes 0 for "for ever".
long Milliseconds(std::chrono::milliseconds time) {
  return static_cast<long>(std::max<std::chrono::milliseconds::rep>(time.count(), 1));
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

Exchange::Exchange(CURL* handle, const Request& request, const ClientOptions& options)
    : handle_(handle), request_(request) {
  SetConnection(options);
  SetCallbacks();
  SetHeaders();
  SetBody();
}

Exchange::~Exchange() { curl_easy_reset(handle_); }

void Exchange::SetConnection(const ClientOptions& options) {
  Set(handle_, CURLOPT_URL, request_.url.c_str());
  Set(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  Set(handle_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  Set(handle_, CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(request_.connect_timeout));
  Set(handle_, CURLOPT_TIMEOUT_MS, Milliseconds(request_.total_timeout));
  Set(handle_, CURLOPT_MAXAGE_CONN, kOldestIdleSeconds);
  Set(handle_, CURLOPT_NOSIGNAL, 1L);  // without it time-outs use SIGALRM, which no thread survives
  Set(handle_, CURLOPT_PROXY, "");
  Set(handle_, CURLOPT_FOLLOWLOCATION, 0L);
  Set(handle_, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  Set(handle_, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  Set(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
  Set(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) {
    Set(handle_, CURLOPT_CAINFO, options.ca_file.c_str());
    Set(handle_, CURLOPT_CAPATH, nullptr);
  }
}

void Exchange::SetCallbacks() {
  Set(handle_, CURLOPT_ERRORBUFFER, error_);
  Set(handle_, CURLOPT_WRITEFUNCTION, &Exchange::OnBody);
  Set(handle_, CURLOPT_WRITEDATA, this);
  Set(handle_, CURLOPT_HEADERFUNCTION, &Exchange::OnHeader);
  Set(handle_, CURLOPT_HEADERDATA, this);
  Set(handle_, CURLOPT_PREREQFUNCTION, &Exchange::OnStart);
  Set(handle_, CURLOPT_PREREQDATA, this);
}

void Exchange::AddHeader(const std::string& line) {
  curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr) std::abort();
  static_cast<void>(headers_.release());  // the same list, now owned through its head again
  headers_.reset(longer);
}

void Exchange::SetHeaders() {
  // libcurl's notation: "Name;" sends an empty value, "Name:" keeps libcurl from sending its own.
  AddHeader(
      "Expect:");  // a large body would wait a second for a "100 Continue" that few servers send
  for (const auto& [name, value] : request_.headers) {
    AddHeader(value.empty() ? absl::StrCat(name, ";") : absl::StrCat(name, ": ", value));
  }
  Set(handle_, CURLOPT_HTTPHEADER, headers_.get());
}

void Exchange::SetBody() {
  if (!request_.multipart.empty()) {
    mime_.reset(curl_mime_init(handle_));
    for (const Part& part : request_.multipart) {
      curl_mimepart* const place = curl_mime_addpart(mime_.get());
      curl_mime_name(place, part.name.c_str());
      curl_mime_data(place, part.data.data(), part.data.size());
      if (!part.filename.empty()) curl_mime_filename(place, part.filename.c_str());
      if (!part.content_type.empty()) curl_mime_type(place, part.content_type.c_str());
    }
    Set(handle_, CURLOPT_MIMEPOST, mime_.get());
  } else if (request_.method == "HEAD") {
    Set(handle_, CURLOPT_NOBODY, 1L);
  } else if (!request_.body.empty() || request_.method == "POST" || request_.method == "PUT") {
    Set(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    Set(handle_, CURLOPT_POSTFIELDS, request_.body.c_str());  // not copied
  }
  Set(handle_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

bool Exchange::MayRepeat() const { return request_.method == "GET" || request_.method == "HEAD"; }

int Exchange::OnStart(void* self, char*, char*, int, int) {
  auto& exchange = *static_cast<Exchange*>(self);
  const bool first = exchange.starts_++ == 0;
  return first || exchange.MayRepeat() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

size_t Exchange::OnBody(char* data, size_t, size_t size, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  std::string& body = exchange.response_.body;
  exchange.too_large_ = size > exchange.request_.max_response_bytes - body.size();
  if (exchange.too_large_) return 0;  // anything but `size` ends the transfer
  body.append(data, size);
  return size;
}

size_t Exchange::OnHeader(char* data, size_t, size_t size, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  const std::string_view line(data, size);
  exchange.too_large_ = (exchange.header_bytes_ += size) > kMostHeaderBytes;
  if (exchange.too_large_) return 0;
  // Each answer begins with its status line; the headers of a "100 Continue" before it do not
  // count.
  if (line.starts_with("HTTP/")) exchange.response_.headers.clear();
  const size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    exchange.response_.headers.emplace_back(Trim(line.substr(0, colon)),
                                            Trim(line.substr(colon + 1)));
  }
  return size;
}

absl::Status Exchange::Failure(CURLcode result) const {
  const std::string text =
      absl::StrCat(curl_easy_strerror(result), error_[0] != '\0' ? ": " : "", error_);
  if (too_large_) return absl::ResourceExhaustedError("the answer is larger than allowed");
  if (result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL ||
      result == CURLE_LOGIN_DENIED) {  // a user in the URL
    return absl::InvalidArgumentError(text);
  }
  if (starts_ == 0) return absl::UnavailableError(text);
  if (result == CURLE_OPERATION_TIMEDOUT) return absl::DeadlineExceededError(text);
  return absl::UnknownError(text);
}

absl::StatusOr<Response> Exchange::Run() {
  const CURLcode result = curl_easy_perform(handle_);
  if (result != CURLE_OK) return Failure(result);
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

}  // namespace fsft::http
