#include <gtest/gtest.h>

#include <vector>

#include "tests/sandbox/testing.h"

namespace fsft::sandbox {
namespace {

using testing::Bench;
using testing::Reply;

std::vector<http::Part> Address(const std::string& primary_line) {
  return {{"primary_line", "", "", primary_line}, {"zip_code", "", "", "11111"}};
}

Reply Verify(Bench& bench, std::vector<http::Part> parts, const std::string& query = "") {
  return bench.Lob("POST", "/us_verifications" + query, std::move(parts));
}

TEST(LobVerifications, AnswerByTheWordsOfLobsTestEnvironment) {
  Bench bench;
  const std::pair<const char*, const char*> kWords[] = {
      {"deliverable", "deliverable"},
      {"Residential House", "deliverable"},
      {"missing unit", "deliverable_missing_unit"},
      {"incorrect unit", "deliverable_incorrect_unit"},
      {"unnecessary unit", "deliverable_unnecessary_unit"},
      {"undeliverable block match", "undeliverable"},
      {"undeliverable no match", "undeliverable"},
  };
  for (const auto& [words, deliverability] : kWords) {
    const Reply reply = Verify(bench, Address(words));
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.body["deliverability"], deliverability) << words;
    EXPECT_EQ(reply.body["object"], "us_verification");
  }
}

TEST(LobVerifications, SayNothingOfAnyOtherAddress) {
  Bench bench;
  const Reply reply = Verify(bench, Address("210 King Street"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["deliverability"], "");
  EXPECT_EQ(reply.body["primary_line"], "");
  EXPECT_EQ(reply.body["components"]["city"], "");
}

TEST(LobVerifications, AreWrittenAsOneWantsThem) {
  Bench bench;
  EXPECT_EQ(Verify(bench, Address("deliverable")).body["primary_line"], "240 KING ST");
  const Json proper = Verify(bench, Address("deliverable"), "?case=proper").body;
  EXPECT_EQ(proper["primary_line"], "240 King St");
  EXPECT_EQ(proper["components"]["city"], "San Francisco");
  EXPECT_EQ(proper["components"]["state"], "CA");
  EXPECT_EQ(Verify(bench, Address("deliverable"), "?case=lower").status, 422);
}

TEST(LobVerifications, RefuseWhatIsNoAddress) {
  Bench bench;
  const std::vector<std::vector<http::Part>> kWrong = {
      {{"zip_code", "", "", "94107"}},
      {{"primary_line", "", "", "210 King St"}},
      {{"primary_line", "", "", "210 King St"}, {"city", "", "", "San Francisco"}},
      {{"primary_line", "", "", "210 King St"}, {"zip_code", "", "", "9410"}},
      {{"primary_line", "", "", std::string(201, '1')}, {"zip_code", "", "", "94107"}},
      {{"primary_line", "", "", "210 King St"}, {"address", "", "", "210 King St 94107"}},
      {{"primary_line", "", "", "210 King St"},
       {"zip_code", "", "", "94107"},
       {"planet", "", "", "Earth"}},
  };
  for (const auto& parts : kWrong) EXPECT_EQ(Verify(bench, parts).status, 422) << parts[0].name;
  EXPECT_EQ(Verify(bench, {{"address", "", "", "210 King St 94107"}}).status, 200);
}

TEST(LobVerifications, CanBeMadeToFail) {
  Bench bench;
  bench.Control("POST", "/knobs",
                {{"operation", "lob.us_verifications.create"},
                 {"fail_status", 429},
                 {"headers", {{"Retry-After", "7"}}}});
  const Reply reply = Verify(bench, Address("deliverable"));
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.Header("Retry-After"), "7");
  EXPECT_EQ(Verify(bench, Address("deliverable")).status, 200) << "once";
}

}  // namespace
}  // namespace fsft::sandbox
