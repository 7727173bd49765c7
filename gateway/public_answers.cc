#include "gateway/public_answers.h"

#include <zlib.h>

#include <stdexcept>
#include <string_view>
#include <utility>

#include "gateway/http/elements.h"
#include "gateway/negotiation.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"

namespace fsft::gateway {
namespace {

// Less hardly gets smaller, and goes out in one packet anyway.
constexpr size_t kWorthIt = 1024;
// A dozen files and a list that changes a few times a year; more means that something is marked
// public that is not.
constexpr size_t kRemembered = 64;

bool IsText(std::string_view type) {
  for (const std::string_view text :
       {"text/", "application/json", "application/yaml", "image/svg+xml"})
    if (type.starts_with(text)) return true;
  return false;
}

// Weak (W/): plain and compressed are the same answer in other bytes.
std::string TagOf(std::string_view body) {
  return "W/\"" + crypto::Base64UrlEncode(crypto::Sha256(body).substr(0, 16)) + "\"";
}

std::string_view Opaque(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

// By the weak comparison of RFC 9110, 13.1.2. A tag of ours has no comma.
bool Names(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const std::string_view one = http::TakeElement(list, ',');
    if (one == "*" || Opaque(one) == Opaque(tag)) return true;
  }
  return false;
}

bool HasTag(const http::Request& request, std::string_view tag) {
  for (const http::Header& header : request.headers) {
    if (http::SameName(header.name, "If-None-Match") && Names(header.value, tag)) return true;
  }
  return false;
}

std::string Gzip(const std::string& body) {
  constexpr int kGzipWindow = 15 + 16;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::runtime_error("zlib has no memory");
  }
  std::string out(deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int end = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (end != Z_STREAM_END) throw std::runtime_error("zlib did not finish");
  return out;
}

}  // namespace

void PublicAnswers::Finish(const http::Request& request, http::Response& response) {
  if (response.status != 200 || (request.method != "GET" && request.method != "HEAD")) return;
  if (!response.Find("Cache-Control").starts_with("public")) return;
  const std::string tag = TagOf(response.body);
  response.headers.push_back({"ETag", tag});
  const bool compressible = response.body.size() >= kWorthIt && IsText(response.content_type);
  if (compressible) response.Vary("Accept-Encoding");
  if (HasTag(request, tag)) {
    response.status = 304;
    response.body.clear();
  } else if (compressible && AcceptsGzip(request)) {
    response.body = *Compress(tag, response.body);
    response.headers.push_back({"Content-Encoding", "gzip"});
  }
}

PublicAnswers::Bytes PublicAnswers::Compress(const std::string& tag, const std::string& body) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = compressed_.find(tag); found != compressed_.end()) return found->second;
  }
  Bytes bytes = std::make_shared<const std::string>(Gzip(body));
  const std::lock_guard lock(mutex_);
  if (compressed_.size() >= kRemembered) compressed_.clear();
  return compressed_.emplace(tag, std::move(bytes)).first->second;
}

}  // namespace fsft::gateway
