#include "gateway/public_answers.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "gateway/gateway_fixture.h"

namespace fsft::gateway {
namespace {

// What a client reads.
std::string Unzip(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string text(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

class PublicAnswersTest : public GatewayTest {
 protected:
  static intake::ListCitiesResponse Cities(int count) {
    intake::ListCitiesResponse list;
    for (int i = 0; i < count; ++i) list.add_cities()->set_name("City " + std::to_string(i));
    return list;
  }

  const http::Header gzip_{"Accept-Encoding", "gzip, br"};
};

TEST_F(PublicAnswersTest, WhatTheClientHasIsNotSentAgain) {
  backend_.list_cities.answer = Cities(1);
  for (const char* path :
       {"/", "/success", "/assets/site.css", "/assets/icon.svg", "/api/cities"}) {
    const http::Response first = Ask("GET", path);
    const std::string tag = Header(first, "ETag");
    ASSERT_THAT(tag, testing::MatchesRegex("W/\"[A-Za-z0-9_-]+\"")) << path;
    EXPECT_THAT(Header(first, "Cache-Control"), testing::StartsWith("public, max-age=")) << path;
    for (const std::string& known : {tag, tag.substr(2), "\"x\", " + tag, std::string("*")}) {
      const http::Response again = Ask("GET", path, {{"If-None-Match", known}});
      EXPECT_EQ(again.status, 304) << path << known;
      EXPECT_EQ(again.body, "") << path;
      // What a cache refreshes.
      for (const char* name : {"ETag", "Cache-Control", "Vary"})
        EXPECT_EQ(Header(again, name), Header(first, name)) << path << name;
    }
    EXPECT_EQ(Ask("HEAD", path, {{"If-None-Match", tag}}).status, 304) << path;
    EXPECT_EQ(Ask("GET", path, {{"If-None-Match", "W/\"other\", x"}}).status, 200) << path;
  }
}

TEST_F(PublicAnswersTest, TheTagFollowsTheContent) {
  backend_.list_cities.answer = Cities(1);
  const std::string before = Header(Ask("GET", "/api/cities"), "ETag");
  backend_.list_cities.answer = Cities(2);
  EXPECT_EQ(Ask("GET", "/api/cities", {{"If-None-Match", before}}).status, 200);
}

TEST_F(PublicAnswersTest, LargeTextIsCompressedForWhoLikesThat) {
  backend_.list_cities.answer = Cities(100);
  for (const char* path : {"/", "/assets/order.js", "/api/cities"}) {
    const http::Response plain = Ask("GET", path);
    const http::Response packed = Ask("GET", path, {gzip_});
    EXPECT_EQ(Header(packed, "Content-Encoding"), "gzip") << path;
    EXPECT_EQ(Header(plain, "Content-Encoding"), "") << path;
    EXPECT_EQ(Header(plain, "Vary"), "Accept-Encoding") << path;
    EXPECT_EQ(Header(packed, "Vary"), "Accept-Encoding") << path;
    EXPECT_EQ(Header(packed, "ETag"), Header(plain, "ETag")) << path;
    EXPECT_LT(packed.body.size(), plain.body.size()) << path;
    EXPECT_EQ(Unzip(packed.body), plain.body) << path;
    EXPECT_EQ(Ask("GET", path, {gzip_}).body, packed.body) << path;
    EXPECT_EQ(Ask("HEAD", path, {gzip_}).body.size(), packed.body.size()) << path;
  }
}

TEST_F(PublicAnswersTest, ItGoesOnWhenMoreIsCompressedThanIsRemembered) {
  for (int count = 100; count < 200; ++count) {
    backend_.list_cities.answer = Cities(count);
    EXPECT_EQ(Unzip(Ask("GET", "/api/cities", {gzip_}).body), Ask("GET", "/api/cities").body);
  }
}

TEST_F(PublicAnswersTest, SmallAnswersStayAsTheyAre) {
  backend_.list_cities.answer = Cities(1);
  const http::Response response = Ask("GET", "/api/cities", {gzip_});
  EXPECT_EQ(Header(response, "Content-Encoding"), "");
  EXPECT_EQ(Header(response, "Vary"), "");
}

// An answer with a token or a person in it has no tag and is never compressed, however long it is.
TEST_F(PublicAnswersTest, WhatIsSomebodysIsNeitherTaggedNorCompressed) {
  intake::GetIntakeResponse mine;
  mine.mutable_sender()->set_name(std::string(5000, 'x'));
  backend_.get_intake.answer = mine;
  fulfillment::GetLetterResponse letter;
  letter.set_pdf(std::string(5000, 'x'));
  backend_.get_letter.answer = letter;
  backend_.get_order.answer = PaidOrder();
  const std::string intake = std::string("/api/intakes/") + kIntakeId;
  const std::string appeal = std::string("/api/appeals/") + kPaymentId;
  for (const std::string& path : {intake, appeal, appeal + "/letter.pdf", std::string("/status")}) {
    std::vector<http::Header> headers = {gzip_, {"If-None-Match", "*"}};
    if (path != "/status") headers.push_back(Bearer("token"));
    const http::Response response = Ask("GET", path, headers);
    EXPECT_EQ(response.status, 200) << path << response.body;
    EXPECT_EQ(Header(response, "Content-Encoding"), "") << path;
    EXPECT_EQ(Header(response, "ETag"), "") << path;
    EXPECT_THAT(Header(response, "Cache-Control"), testing::HasSubstr("no-store")) << path;
  }
}

}  // namespace
}  // namespace fsft::gateway
