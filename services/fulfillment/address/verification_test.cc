#include "services/fulfillment/address/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace fsft::fulfillment {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::Pair;

const Address kHouse = {.line1 = "210 King Street",
                        .line2 = "Apt 5 & 6",
                        .city = "San Francisco",
                        .state = "CA",
                        .zip = "94107"};

// As in Lob's description of its API, with what we read.
json Answer(const char* deliverability = "deliverable") {
  return {{"id", "us_ver_c7cb63d68f8d6"},
          {"primary_line", "210 King St Apt 5"},
          {"secondary_line", ""},
          {"urbanization", ""},
          {"deliverability", deliverability},
          {"components",
           {{"city", "San Francisco"},
            {"state", "CA"},
            {"zip_code", "94107"},
            {"zip_code_plus_4", "1702"}}}};
}

std::variant<Verification, Obstacle> Read(int status, const std::string& body = "{}",
                                          http::Headers headers = {}) {
  return ReadVerification(
      http::Response{.status = status, .headers = std::move(headers), .body = body});
}

NoVerification ReasonOf(const std::variant<Verification, Obstacle>& answer) {
  return std::get<Obstacle>(answer).reason;
}

TEST(VerificationTest, AsksForTheWholeAddress) {
  const http::Request request = VerificationRequest("https://lob.test/v1", "test_key", kHouse,
                                                    std::chrono::milliseconds(700));
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://lob.test/v1/us_verifications?case=proper");
  EXPECT_EQ(request.body,
            "primary_line=210%20King%20Street&city=San%20Francisco&state=CA&zip_code=94107&"
            "secondary_line=Apt%205%20%26%206");
  EXPECT_THAT(request.headers, ElementsAre(Pair("Authorization", "Basic dGVzdF9rZXk6")));
  EXPECT_EQ(request.total_timeout, std::chrono::milliseconds(700));
  EXPECT_EQ(request.connect_timeout, std::chrono::milliseconds(700));
}

TEST(VerificationTest, ReadsEachWordOfLobs) {
  const std::pair<const char*, Deliverability> kWords[] = {
      {"deliverable", Deliverability::kDeliverable},
      {"deliverable_unnecessary_unit", Deliverability::kUnnecessaryUnit},
      {"deliverable_incorrect_unit", Deliverability::kIncorrectUnit},
      {"deliverable_missing_unit", Deliverability::kMissingUnit},
      {"undeliverable", Deliverability::kUndeliverable},
      {"", Deliverability::kNotSaid},
      {"undeliverable_on_sundays", Deliverability::kNotSaid},
  };
  for (const auto& [word, deliverability] : kWords) {
    const auto answer = Read(200, Answer(word).dump());
    EXPECT_EQ(std::get<Verification>(answer).deliverability, deliverability) << word;
  }
}

TEST(VerificationTest, TellsHowThePostWritesIt) {
  const auto answer = Read(200, Answer().dump());
  const auto& standard = std::get<Verification>(answer).standard;
  ASSERT_TRUE(standard);
  EXPECT_EQ(standard->line1, "210 King St Apt 5");
  EXPECT_EQ(standard->city, "San Francisco");
  EXPECT_EQ(standard->state, "CA");
  EXPECT_EQ(standard->zip, "94107-1702");
}

TEST(VerificationTest, SuggestsNothingThatCouldNotBeUsed) {
  json undeliverable = Answer("undeliverable");
  json without_components = Answer();
  without_components.erase("components");
  json too_long = Answer();
  too_long["primary_line"] = std::string(65, '1');
  json no_city = Answer();
  no_city["components"]["city"] = nullptr;
  json urbanization = Answer();
  urbanization["urbanization"] = "URB FAIR OAKS";
  for (const json& body : {undeliverable, without_components, too_long, no_city, urbanization}) {
    const auto answer = Read(200, body.dump());
    EXPECT_FALSE(std::get<Verification>(answer).standard) << body;
  }
}

TEST(VerificationTest, WhateverIsNoAnswerIsAnObstacle) {
  EXPECT_EQ(ReasonOf(Read(401)), NoVerification::kRefused);
  EXPECT_EQ(ReasonOf(Read(403)), NoVerification::kRefused);
  EXPECT_EQ(ReasonOf(Read(422)), NoVerification::kUnreadable);
  EXPECT_EQ(ReasonOf(Read(429)), NoVerification::kRateLimited);
  for (const int status : {204, 302, 400, 404, 408, 500, 503})
    EXPECT_EQ(ReasonOf(Read(status, Answer().dump())), NoVerification::kFailed) << status;
  for (const char* body : {"", "{", "[]", "null", "{}", "{\"deliverability\""})
    EXPECT_EQ(ReasonOf(Read(200, body)), NoVerification::kFailed) << body;
  EXPECT_EQ(ReasonOf(ReadVerification(absl::DeadlineExceededError(""))), NoVerification::kSlow);
  EXPECT_EQ(ReasonOf(ReadVerification(absl::UnavailableError(""))), NoVerification::kFailed);
}

TEST(VerificationTest, AWordOfAnotherTypeIsNotSaid) {
  json body = Answer();
  body["deliverability"] = 7;
  EXPECT_EQ(std::get<Verification>(Read(200, body.dump())).deliverability,
            Deliverability::kNotSaid);
}

TEST(VerificationTest, HearsHowLongLobWantsSilence) {
  const auto answer = Read(429, "{}", {{"Retry-After", "7"}});
  EXPECT_EQ(std::get<Obstacle>(answer).retry_after, std::chrono::seconds(7));
}

}  // namespace
}  // namespace fsft::fulfillment
