#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

#include "shared/smtp/client.h"
#include "shared/smtp/stopping.h"

namespace fsft::smtp {

// One conversation with the server. Internal to this folder.
class Transfer {
 public:
  // `message`, `options` and `stopping` must live as long as this.
  Transfer(const Message& message, const std::vector<std::string>& headers,
           const ClientOptions& options, bool insist_on_tls, const Stopping& stopping);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  Answer Run();

 private:
  using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
  using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;
  using Mime = std::unique_ptr<curl_mime, decltype(&curl_mime_free)>;

  template <typename Value>
  void Set(CURLoption option, Value value);
  void SetConnection(const ClientOptions& options, bool insist_on_tls);
  void SetEnvelope();
  void SetContent(const std::vector<std::string>& headers);
  void AddPart(const std::string& text, const char* type);
  void Add(List& list, const std::string& item);
  Answer AnswerFor(CURLcode result) const;
  // From its first word on the server may have the message, as far as we know.
  bool IsAskedToTake() const { return last_command_ == "DATA"; }
  bool IsToEnd() const;
  static int OnTraffic(CURL*, curl_infotype type, char* data, size_t size, void* self);
  // libcurl calls it whenever something happens, and once a second while nothing does.
  static int OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  const Message& message_;
  const Stopping& stopping_;
  // Before the handle, which uses them until its end.
  List receivers_{nullptr, curl_slist_free_all};
  List headers_{nullptr, curl_slist_free_all};
  Mime mime_{nullptr, curl_mime_free};
  Handle handle_;
  // The first letters of what we told the server last: "RCPT".
  std::string last_command_;
  // The last line that it answered to that, if any: "550 5.1.1 nobody of that name".
  std::string last_reply_;
  bool is_over_ = false;  // but for the goodbye
};

}  // namespace fsft::smtp
