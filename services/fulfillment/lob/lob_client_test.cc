#include "services/fulfillment/lob/lob_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "services/fulfillment/lob/lob_key.h"

namespace fsft::fulfillment {
namespace {

using ::testing::Contains;
using ::testing::Pair;

constexpr std::chrono::milliseconds kTimeout{50'000};
constexpr char kPaymentId[] = "0191a2b3-0000-7000-8000-000000000001";

PrintJob Job() {
  return {.payment_id = kPaymentId,
          .generation = 2,
          .to = {.name = "SFMTA Citation Review",
                 .line1 = "11 South Van Ness Ave",
                 .city = "San Francisco",
                 .state = "CA",
                 .zip = "94103"},
          .from = {.name = "Ada Rider",
                   .line1 = "1 Main St",
                   .line2 = "Apt 4",
                   .city = "Oakland",
                   .state = "CA",
                   .zip = "94607"},
          .pdf = "%PDF-1.5 bytes"};
}

// Answers `answer_` and keeps what was sent.
class LobClientTest : public ::testing::Test {
 protected:
  std::map<std::string, std::string> Fields() const {
    std::map<std::string, std::string> fields;
    for (const http::Part& part : sent_.multipart) fields[part.name] = part.data;
    return fields;
  }

  http::Request sent_;
  int requests_ = 0;
  http::Response answer_{.status = 200, .headers = {}, .body = R"({"id":"ltr_1"})"};
  work::Pace pace_{std::chrono::milliseconds(1), LobClient::kEndpoints};
  config::Secret key_{"test_key"};
  LobClient client_{"https://lob.test/v1", [this] { return key_; }, kTimeout, pace_,
                    [this](const http::Request& request) {
                      sent_ = request;
                      ++requests_;
                      return answer_;
                    }};
};

TEST_F(LobClientTest, PostsTheLetterUnderItsPaymentAndGeneration) {
  const PrintAnswer answer = client_.Print(Job());
  EXPECT_EQ(std::get<Accepted>(answer).letter_id, "ltr_1");
  EXPECT_EQ(sent_.method, "POST");
  EXPECT_EQ(sent_.url, "https://lob.test/v1/letters");
  EXPECT_EQ(sent_.total_timeout, kTimeout);
  EXPECT_THAT(sent_.headers, Contains(Pair("Idempotency-Key", std::string(kPaymentId) + ":2")));
  EXPECT_THAT(sent_.headers, Contains(Pair("Authorization", "Basic dGVzdF9rZXk6")));
  EXPECT_EQ(Fields()["metadata[payment_id]"], kPaymentId);
  EXPECT_EQ(Fields()["metadata[generation]"], "2");
}

TEST_F(LobClientTest, SaysEverythingThatAnAccountsDefaultsCouldChange) {
  client_.Print(Job());
  const std::map<std::string, std::string> expected = {
      {"to[name]", "SFMTA Citation Review"},
      {"to[address_line1]", "11 South Van Ness Ave"},
      {"to[address_city]", "San Francisco"},
      {"to[address_state]", "CA"},
      {"to[address_zip]", "94103"},
      {"from[name]", "Ada Rider"},
      {"from[address_line1]", "1 Main St"},
      {"from[address_line2]", "Apt 4"},
      {"from[address_city]", "Oakland"},
      {"from[address_state]", "CA"},
      {"from[address_zip]", "94607"},
      {"use_type", "operational"},
      {"color", "false"},
      {"double_sided", "true"},
      {"address_placement", "top_first_page"},
      {"mail_type", "usps_first_class"},
      {"metadata[payment_id]", kPaymentId},
      {"metadata[generation]", "2"},
      {"file", "%PDF-1.5 bytes"}};
  EXPECT_EQ(Fields(), expected);
}

TEST_F(LobClientTest, SendsTheLetterAsAPdfFile) {
  client_.Print(Job());
  const http::Part& file = sent_.multipart.back();
  EXPECT_EQ(file.name, "file");
  EXPECT_EQ(file.filename, "letter.pdf");
  EXPECT_EQ(file.content_type, "application/pdf");
}

TEST_F(LobClientTest, CertifiedMailIsFirstClassWithAnExtraService) {
  PrintJob job = Job();
  job.certified = true;
  client_.Print(job);
  EXPECT_EQ(Fields()["mail_type"], "usps_first_class");
  EXPECT_EQ(Fields()["extra_service"], "certified");
}

TEST_F(LobClientTest, TwoAttemptsAreTheSameRequest) {
  client_.Print(Job());
  const auto first = Fields();
  const auto first_headers = sent_.headers;
  client_.Print(Job());
  EXPECT_EQ(Fields(), first);
  EXPECT_EQ(sent_.headers, first_headers);
}

TEST_F(LobClientTest, SearchesByTheMetadataOfThePayment) {
  answer_.body = R"({"data":[{"id":"ltr_1","metadata":{"payment_id":"p"}}],"next_url":null})";
  const auto answer = client_.FindLetters(kPaymentId);
  EXPECT_EQ(std::get<std::vector<PrintedLetter>>(answer).at(0).letter_id, "ltr_1");
  EXPECT_EQ(sent_.method, "GET");
  EXPECT_EQ(
      sent_.url,
      std::string("https://lob.test/v1/letters?limit=100&metadata%5Bpayment_id%5D=") + kPaymentId);
  EXPECT_THAT(sent_.headers, Contains(Pair("Authorization", "Basic dGVzdF9rZXk6")));
}

TEST_F(LobClientTest, ReadsAllPagesFromTheAddressThatWasConfigured) {
  std::vector<std::string> urls;
  LobClient client(
      "https://lob.test/v1", [] { return config::Secret("test_key"); }, kTimeout, pace_,
      [&](const http::Request& request) {
        urls.push_back(request.url);
        const bool first = urls.size() == 1;
        return http::Response{
            .status = 200,
            .headers = {},
            .body = first ? R"({"data":[{"id":"b"}],"next_url":"https://evil.test/x?after=b"})"
                          : R"({"data":[{"id":"a"}],"next_url":null})"};
      });
  const auto answer = client.ListLetters(time::TimePoint(std::chrono::seconds(1'800'000'000)));
  EXPECT_EQ(std::get<std::vector<PrintedLetter>>(answer).size(), 2u);
  ASSERT_EQ(urls.size(), 2u);
  EXPECT_EQ(
      urls[0],
      "https://lob.test/v1/letters?limit=100&date_created%5Bgt%5D=2027-01-15T08%3A00%3A00.000000Z");
  EXPECT_EQ(urls[1], "https://lob.test/v1/letters?after=b");
}

TEST_F(LobClientTest, AListThatBreaksOffIsNoAnswer) {
  LobClient client(
      "https://lob.test/v1", [] { return config::Secret("test_key"); }, kTimeout, pace_,
      [&](const http::Request&) {
        const bool first = ++requests_ == 1;
        return http::Response{.status = first ? 200 : 500,
                              .headers = {},
                              .body = R"({"data":[{"id":"b"}],"next_url":"?after=b"})"};
      });
  EXPECT_TRUE(std::holds_alternative<NotNow>(client.FindLetters(kPaymentId)));
}

TEST_F(LobClientTest, CancelsByTheLettersId) {
  EXPECT_TRUE(std::holds_alternative<Cancelled>(client_.Cancel("ltr_1")));
  EXPECT_EQ(sent_.method, "DELETE");
  EXPECT_EQ(sent_.url, "https://lob.test/v1/letters/ltr_1");
}

TEST_F(LobClientTest, LooksAtALetterByItsId) {
  answer_ = {.status = 200, .headers = {}, .body = R"({"id":"ltr_1","tracking_number":"9407"})"};
  const auto seen = client_.Look("ltr_1");
  EXPECT_EQ(sent_.method, "GET");
  EXPECT_EQ(sent_.url, "https://lob.test/v1/letters/ltr_1");
  EXPECT_EQ(std::get<PrintedLetter>(seen).tracking_number, "9407");
}

TEST_F(LobClientTest, ALookThatShowsNoLetterSaysSoOnlyWhenThereIsNone) {
  answer_ = {.status = 404, .headers = {}, .body = ""};
  EXPECT_TRUE(std::holds_alternative<Missing>(client_.Look("ltr_1")));
  answer_ = {.status = 500, .headers = {}, .body = ""};
  EXPECT_TRUE(std::holds_alternative<NotNow>(client_.Look("ltr_1")));
  answer_ = {.status = 200, .headers = {}, .body = "{}"};
  EXPECT_TRUE(std::holds_alternative<NotNow>(client_.Look("ltr_1")));
}

TEST_F(LobClientTest, EveryRequestIsSentWithTheKeyOfThatMoment) {
  client_.Print(Job());
  key_ = config::Secret("test_new");
  const auto sends_the_new_key = [&] {
    return std::count(sent_.headers.begin(), sent_.headers.end(),
                      std::pair<std::string, std::string>("Authorization", "Basic dGVzdF9uZXc6")) ==
           1;
  };
  client_.Print(Job());
  EXPECT_TRUE(sends_the_new_key());
  client_.FindLetters(kPaymentId);
  EXPECT_TRUE(sends_the_new_key());
  client_.Look("ltr_1");
  EXPECT_TRUE(sends_the_new_key());
  client_.Cancel("ltr_1");
  EXPECT_TRUE(sends_the_new_key());
}

// The new key must not be taken for the one that was refused, however late the answer comes.
TEST_F(LobClientTest, ARefusalNamesTheKeyThatWasSent) {
  answer_ = {.status = 401, .headers = {}, .body = ""};
  LobClient client(
      "https://lob.test/v1", [this] { return key_; }, kTimeout, pace_,
      [this](const http::Request&) {
        key_ = config::Secret("test_new");
        return answer_;
      });
  const std::string old_key = KeyFingerprint(key_);
  EXPECT_EQ(std::get<NotNow>(client.Print(Job())).refused_key, old_key);
  const std::string new_key = KeyFingerprint(key_);
  EXPECT_EQ(std::get<NotNow>(client.FindLetters(kPaymentId)).refused_key, new_key);
  EXPECT_EQ(std::get<NotNow>(client.Look("ltr_1")).refused_key, new_key);
  EXPECT_EQ(std::get<NotNow>(client.Cancel("ltr_1")).refused_key, new_key);
  answer_.status = 500;
  EXPECT_EQ(std::get<NotNow>(client.Look("ltr_1")).refused_key, "");
}

TEST_F(LobClientTest, InTheEndOnlyLettersThatAreBeingPostedAreSent) {
  client_.StopAsking();
  EXPECT_EQ(std::get<NotNow>(client_.FindLetters(kPaymentId)).cause, NotNow::Cause::kStopping);
  EXPECT_EQ(std::get<NotNow>(client_.Look("ltr_1")).cause, NotNow::Cause::kStopping);
  EXPECT_EQ(std::get<NotNow>(client_.Cancel("ltr_1")).cause, NotNow::Cause::kStopping);
  EXPECT_EQ(requests_, 0);
  client_.Print(Job());
  EXPECT_EQ(requests_, 1);
}

TEST_F(LobClientTest, AfterA429NothingIsSentForAsLongAsLobWants) {
  answer_ = {.status = 429, .headers = {{"Retry-After", "60"}}, .body = ""};
  client_.Print(Job());
  const auto search = client_.FindLetters(kPaymentId);
  const auto post = client_.Print(Job());
  EXPECT_EQ(requests_, 1);
  EXPECT_GT(std::get<NotNow>(search).retry_after, std::chrono::seconds(55));
  EXPECT_EQ(std::get<NotNow>(post).cause, NotNow::Cause::kRateLimited);
}

}  // namespace
}  // namespace fsft::fulfillment
