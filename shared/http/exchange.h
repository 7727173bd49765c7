#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "shared/http/client.h"

namespace fsft::http {

// One request and its answer on a handle that is nobody else's meanwhile. Internal to this folder.
class Exchange {
 public:
  // `request` and `options` must live as long as this.
  Exchange(CURL* handle, const Request& request, const ClientOptions& options);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  // Takes the pointers to this out of the handle; its connections stay.
  ~Exchange();

  absl::StatusOr<Response> Run();

 private:
  using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;
  using Mime = std::unique_ptr<curl_mime, decltype(&curl_mime_free)>;

  void SetConnection(const ClientOptions& options);
  void SetCallbacks();
  void SetHeaders();
  void SetBody();
  void AddHeader(const std::string& line);
  bool MayRepeat() const;
  absl::Status Failure(CURLcode result) const;

  static size_t OnBody(char* data, size_t, size_t size, void* self);
  static size_t OnHeader(char* data, size_t, size_t size, void* self);
  static int OnStart(void* self, char*, char*, int, int);

  CURL* const handle_;
  const Request& request_;
  List headers_{nullptr, curl_slist_free_all};
  Mime mime_{nullptr, curl_mime_free};
  Response response_;
  size_t header_bytes_ = 0;
  bool too_large_ = false;
  int starts_ = 0;  // how often the request began to go out
  char error_[CURL_ERROR_SIZE] = "";
};

}  // namespace fsft::http
