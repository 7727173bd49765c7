#include "shared/smtp/transfer.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace fsft::smtp {
namespace {

using Verdict = Answer::Verdict;

// Lines of the message as they travel.
std::string WithCrlf(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\r\n", "\r\n"}, {"\n", "\r\n"}});
}

// Without a reply that says more.
Answer WithoutReply(CURLcode result) {
  switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return {.reason = "smtp_unreachable", .concerns_all = true};
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return {.reason = "smtp_tls_failed", .concerns_all = true};
    case CURLE_LOGIN_DENIED:
      return {.reason = "smtp_login_refused", .concerns_all = true};
    case CURLE_OPERATION_TIMEDOUT:
      return {.reason = "smtp_timeout"};
    default:
      return {.reason = "smtp_broken_off"};
  }
}

// By the enhanced status code (RFC 3463) behind the reply's own: a policy, such as not to relay for
// us or for our sender, or a system that takes nothing at all.
bool IsAboutUs(std::string_view reply) {
  constexpr size_t kCode = 4;
  const std::string_view status = reply.substr(std::min(reply.size(), kCode));
  return status.starts_with("5.7.") || status.starts_with("5.3.");
}

}  // namespace

template <typename Value>
void Transfer::Set(CURLoption option, Value value) {
  // Fails for want of memory, or for an option that this libcurl lacks; then some promise of
  // client.h would be broken.
  if (curl_easy_setopt(handle_.get(), option, value) != CURLE_OK) std::abort();
}

Transfer::Transfer(const Message& message, const std::vector<std::string>& headers,
                   const ClientOptions& options, bool insist_on_tls, const Stopping& stopping)
    : message_(message), stopping_(stopping), handle_(curl_easy_init(), curl_easy_cleanup) {
  if (handle_ == nullptr) std::abort();
  SetConnection(options, insist_on_tls);
  SetEnvelope();
  SetContent(headers);
}

void Transfer::SetConnection(const ClientOptions& options, bool insist_on_tls) {
  constexpr std::chrono::milliseconds::rep kShortest = 1;  // libcurl takes 0 for "for ever"
  Set(CURLOPT_URL, options.url.c_str());
  Set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  Set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(options.timeout.count(), kShortest)));
  Set(CURLOPT_SERVER_RESPONSE_TIMEOUT,
      static_cast<long>(std::max<std::chrono::seconds::rep>(options.reply_timeout.count(), 1)));
  Set(CURLOPT_NOSIGNAL, 1L);  // without it time-outs use SIGALRM, which no thread survives
  Set(CURLOPT_PROXY, "");
  Set(CURLOPT_USE_SSL, static_cast<long>(insist_on_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  Set(CURLOPT_SSL_VERIFYPEER, 1L);
  Set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) {
    Set(CURLOPT_CAINFO, options.ca_file.c_str());
    Set(CURLOPT_CAPATH, nullptr);
  }
  // With this the goodbye is a part of the transfer, and ends with it.
  Set(CURLOPT_FORBID_REUSE, 1L);
  Set(CURLOPT_NOPROGRESS, 0L);
  Set(CURLOPT_XFERINFOFUNCTION, &Transfer::OnProgress);
  Set(CURLOPT_XFERINFODATA, this);
  // The only way to learn which command a reply is about.
  Set(CURLOPT_VERBOSE, 1L);
  Set(CURLOPT_DEBUGFUNCTION, &Transfer::OnTraffic);
  Set(CURLOPT_DEBUGDATA, this);
}

void Transfer::Add(List& list, const std::string& item) {
  curl_slist* const longer = curl_slist_append(list.get(), item.c_str());
  if (longer == nullptr) std::abort();
  static_cast<void>(list.release());  // the same list, now owned through its head again
  list.reset(longer);
}

void Transfer::SetEnvelope() {
  Set(CURLOPT_MAIL_FROM, absl::StrCat("<", message_.from.address, ">").c_str());  // is copied
  Add(receivers_, absl::StrCat("<", message_.to, ">"));
  Set(CURLOPT_MAIL_RCPT, receivers_.get());
}

void Transfer::SetContent(const std::vector<std::string>& headers) {
  for (const std::string& header : headers) Add(headers_, header);
  // Readers that can show both show the last part.
  Add(headers_, "Content-Type: multipart/alternative");
  Set(CURLOPT_HTTPHEADER, headers_.get());
  mime_.reset(curl_mime_init(handle_.get()));
  AddPart(WithCrlf(message_.text), "text/plain; charset=utf-8");
  AddPart(WithCrlf(message_.html), "text/html; charset=utf-8");
  Set(CURLOPT_MIMEPOST, mime_.get());
}

void Transfer::AddPart(const std::string& text, const char* type) {
  curl_mimepart* const part = curl_mime_addpart(mime_.get());
  const bool done = part != nullptr && curl_mime_data(part, text.data(), text.size()) == CURLE_OK &&
                    curl_mime_type(part, type) == CURLE_OK &&
                    curl_mime_encoder(part, "quoted-printable") == CURLE_OK;
  if (!done) std::abort();
}

int Transfer::OnTraffic(CURL*, curl_infotype type, char* data, size_t size, void* self) {
  constexpr size_t kVerb = 4;
  auto& transfer = *static_cast<Transfer*>(self);
  const std::string_view line(data, size);
  // The goodbye after a refusal is not what was refused.
  if (type == CURLINFO_HEADER_OUT && line.starts_with("QUIT")) transfer.is_over_ = true;
  if (transfer.is_over_) return 0;
  if (type == CURLINFO_HEADER_OUT) {
    transfer.last_command_ = line.substr(0, kVerb);
    transfer.last_reply_.clear();
  }
  if (type == CURLINFO_HEADER_IN) transfer.last_reply_ = line;
  return 0;
}

bool Transfer::IsToEnd() const {
  if (!stopping_.Begun()) return false;
  if (is_over_ || !IsAskedToTake()) return true;
  // "354 go ahead" is not its last word; after that there is nothing left to wait for.
  const bool answered = !last_reply_.empty() && !last_reply_.starts_with('3');
  return !answered && stopping_.IsPatienceOver();
}

int Transfer::OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Transfer*>(self)->IsToEnd() ? 1 : 0;
}

Answer Transfer::AnswerFor(CURLcode result) const {
  constexpr long kTemporary = 400, kPermanent = 500, kGoingDown = 421;
  if (result == CURLE_OK) return {.verdict = Verdict::kAccepted};
  if (result == CURLE_ABORTED_BY_CALLBACK) {
    if (!IsAskedToTake()) return {.reason = "smtp_stopped", .given_back = true};
    return {.reason = "smtp_broken_off"};
  }
  Answer answer = WithoutReply(result);
  // Who does not even greet us.
  answer.concerns_all = answer.concerns_all || last_command_.empty();
  long code = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
  if (code < kTemporary || result == CURLE_LOGIN_DENIED) return answer;
  answer.reason = absl::StrCat("smtp_", code);
  // What is refused before the receiver was named is refused to us, whoever the receiver is.
  const bool about_message =
      (last_command_ == "RCPT" || last_command_ == "DATA") && !IsAboutUs(last_reply_);
  answer.concerns_all = !about_message || code == kGoingDown;
  if (about_message && code >= kPermanent) answer.verdict = Verdict::kRefused;
  return answer;
}

Answer Transfer::Run() { return AnswerFor(curl_easy_perform(handle_.get())); }

}  // namespace fsft::smtp
