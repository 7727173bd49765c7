#include "gateway/negotiation.h"

#include <gtest/gtest.h>

#include <vector>

namespace fsft::gateway {
namespace {

http::Request With(std::string_view name, const std::vector<std::string>& values) {
  http::Request request{.method = "GET", .path = "/", .headers = {}, .body = {}, .remote_addr = {}};
  for (const std::string& value : values) request.headers.push_back({std::string(name), value});
  return request;
}

TEST(AcceptsType, TakesWhatIsNotExcluded) {
  for (const char* accept :
       {"", " , ", "*/*", "*", "application/*", "application/json", "Application/JSON",
        "application/json; charset=utf-8", "application/json;q=0.1", "text/html, */*;q=0.8",
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "application/json;q=x", "json",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "*/*;q=0, application/json", "application/*;q=0, application/json;q=0.001"})
    EXPECT_TRUE(AcceptsType(With("accept", {accept}), "application/json")) << accept;
  EXPECT_TRUE(AcceptsType(With("Accept", {}), "application/json"));
  EXPECT_TRUE(AcceptsType(With("Accept", {"text/html", "application/json"}), "application/json"));
}

TEST(AcceptsType, RefusesWhatIsLeftOutOrOfNoQuality) {
  for (const char* accept :
       {"text/html", "application/pdf", "text/*, image/*", "application/json;q=0", "*/*;q=0",
        "application/json;q=0, */*", "application/*;Q=0.000, */*", "application/jsonp"})
    EXPECT_FALSE(AcceptsType(With("Accept", {accept}), "application/json")) << accept;
}

TEST(AcceptsGzip, IsWantedWhereItIsNamedAndLiked) {
  for (const char* encodings : {"gzip", "GZIP", "x-gzip", "br, gzip", "deflate, gzip;q=0.5", "*",
                                "gzip;q=1.0, identity;q=0.5, *;q=0", "br;q=1, *;q=0.1"})
    EXPECT_TRUE(AcceptsGzip(With("Accept-Encoding", {encodings}))) << encodings;
  EXPECT_TRUE(AcceptsGzip(With("Accept-Encoding", {"br", "gzip"})));
}

TEST(AcceptsGzip, IsNotForcedOnAnybody) {
  for (const char* encodings : {"", "identity", "br", "gzip;q=0", "gzip;q=0, *", "*;q=0",
                                "gzip;q=0.2, identity;q=0.8", "gzipped"})
    EXPECT_FALSE(AcceptsGzip(With("Accept-Encoding", {encodings}))) << encodings;
  EXPECT_FALSE(AcceptsGzip(With("Accept-Encoding", {})));
}

}  // namespace
}  // namespace fsft::gateway
