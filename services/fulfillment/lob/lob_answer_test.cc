#include "services/fulfillment/lob/lob_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fsft::fulfillment {

namespace {

using ::testing::FieldsAre;
using ::testing::VariantWith;
using Cause = NotNow::Cause;

http::Response Response(int status, std::string body = "", http::Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

TEST(LobAnswer, AcceptanceCarriesIdTrackingAndDate) {
  const auto answer = ReadPrintAnswer(Response(
      200,
      R"({"id":"ltr_1","tracking_number":"92071","expected_delivery_date":"2026-11-09","carrier":"USPS"})"));
  EXPECT_THAT(answer, VariantWith<Accepted>(FieldsAre("ltr_1", "92071", "2026-11-09")));
}

TEST(LobAnswer, TrackingAndDateMayComeLater) {
  EXPECT_THAT(ReadPrintAnswer(Response(200, R"({"id":"ltr_1","tracking_number":null})")),
              VariantWith<Accepted>(FieldsAre("ltr_1", "", "")));
}

TEST(LobAnswer, TakesTheDateOutOfATimeStampAndNothingElse) {
  EXPECT_THAT(ReadPrintAnswer(Response(
                  200, R"({"id":"l","expected_delivery_date":"2026-11-09T00:00:00.000Z"})")),
              VariantWith<Accepted>(FieldsAre("l", "", "2026-11-09")));
  EXPECT_THAT(ReadPrintAnswer(Response(200, R"({"id":"l","expected_delivery_date":"in a week"})")),
              VariantWith<Accepted>(FieldsAre("l", "", "")));
}

TEST(LobAnswer, ASuccessThatCannotBeReadMayHaveBeenAccepted) {
  for (const char* body :
       {"", "<html>", "[]", "{}", R"({"id":7})", R"({"id":""})", R"({"id":"ltr_1")"}) {
    EXPECT_THAT(ReadPrintAnswer(Response(200, body)),
                VariantWith<Unknown>(FieldsAre("printer_answer_unreadable")))
        << body;
  }
}

TEST(LobAnswer, ARefusalIsPermanentAndNamesLobsCode) {
  EXPECT_THAT(
      ReadPrintAnswer(Response(
          422, R"({"error":{"message":"to.name is bad","status_code":422,"code":"invalid"}})")),
      VariantWith<Refused>(FieldsAre("printer_refused_invalid")));
  for (int status : {400, 402, 404, 413, 415, 422}) {
    EXPECT_THAT(ReadPrintAnswer(Response(status)),
                VariantWith<Refused>(FieldsAre("printer_refused_" + std::to_string(status))));
  }
}

TEST(LobAnswer, ARefusalsReasonNeverQuotesText) {
  for (const char* code : {"Ada Rider, 1 Main St", "", "UPPER", "x\ny"}) {
    EXPECT_THAT(
        ReadPrintAnswer(Response(422, R"({"error":{"code":")" + std::string(code) + R"("}})")),
        VariantWith<Refused>(FieldsAre("printer_refused_422")));
  }
}

TEST(LobAnswer, CredentialsAndRateLimitsProveThatNothingWasAccepted) {
  for (int status : {401, 403}) {
    EXPECT_THAT(ReadPrintAnswer(Response(status)),
                VariantWith<NotNow>(FieldsAre(Cause::kCredentials, std::chrono::seconds(0), "")));
  }
  EXPECT_THAT(ReadPrintAnswer(Response(429, "", {{"retry-after", "17"}})),
              VariantWith<NotNow>(FieldsAre(Cause::kRateLimited, std::chrono::seconds(17), "")));
}

TEST(LobAnswer, RetryAfterIsBoundedAndMayBeMissing) {
  const auto wait = [](http::Headers headers) {
    return std::get<NotNow>(ReadPrintAnswer(Response(429, "", std::move(headers)))).retry_after;
  };
  EXPECT_EQ(wait({}), std::chrono::seconds(0));
  EXPECT_EQ(wait({{"Retry-After", "-5"}}), std::chrono::seconds(0));
  EXPECT_EQ(wait({{"Retry-After", "soon"}}), std::chrono::seconds(0));
  EXPECT_EQ(wait({{"Retry-After", "999999999"}}), std::chrono::hours(1));
}

TEST(LobAnswer, EverythingElseMayHaveBeenAccepted) {
  for (int status : {100, 301, 302, 408, 409, 425, 500, 502, 503, 504}) {
    EXPECT_THAT(ReadPrintAnswer(Response(status)),
                VariantWith<Unknown>(FieldsAre("printer_status_" + std::to_string(status))));
  }
}

TEST(LobAnswer, OnlyARequestThatNeverLeftIsAProof) {
  for (const auto& status : {absl::UnavailableError(""), absl::InvalidArgumentError("")}) {
    EXPECT_THAT(ReadPrintAnswer(status),
                VariantWith<NotNow>(FieldsAre(Cause::kUnreachable, std::chrono::seconds(0), "")));
  }
  EXPECT_THAT(ReadPrintAnswer(absl::DeadlineExceededError("")),
              VariantWith<Unknown>(FieldsAre("printer_timeout")));
  for (const auto& status : {absl::UnknownError(""), absl::ResourceExhaustedError("")}) {
    EXPECT_THAT(ReadPrintAnswer(status),
                VariantWith<Unknown>(FieldsAre("printer_connection_lost")));
  }
}

constexpr char kPage[] = R"({"data":[
  {"id":"ltr_3","metadata":{"payment_id":"p","generation":"2"},"status":"processed","tracking_number":"9"},
  {"id":"ltr_2","metadata":{"payment_id":"p","generation":"1"},"status":"failed"},
  {"id":"ltr_1","metadata":{"payment_id":"p","generation":"1"},"deleted":true},
  {"id":"ltr_0","metadata":{}}],
  "next_url":"https://elsewhere.test/letters?limit=100&after=abc"})";

TEST(LetterPage, EveryLetterHasItsFate) {
  const auto answer = ReadLetterPage(Response(200, kPage));
  const auto& letters = std::get<LetterPage>(answer).letters;
  ASSERT_EQ(letters.size(), 4u);
  EXPECT_EQ(letters[0].letter_id, "ltr_3");
  EXPECT_EQ(letters[0].payment_id, "p");
  EXPECT_EQ(letters[0].generation, 2);
  EXPECT_EQ(letters[0].tracking_number, "9");
  EXPECT_EQ(letters[0].fate, PrintedLetter::Fate::kLive);
  EXPECT_EQ(letters[1].fate, PrintedLetter::Fate::kFailed);
  EXPECT_EQ(letters[2].fate, PrintedLetter::Fate::kDeleted);
  EXPECT_EQ(letters[3].payment_id, "") << "somebody else's";
}

TEST(LetterPage, OfTheNextUrlOnlyTheQueryCounts) {
  EXPECT_EQ(std::get<LetterPage>(ReadLetterPage(Response(200, kPage))).next_query,
            "limit=100&after=abc");
  const auto last = ReadLetterPage(Response(200, R"({"data":[],"next_url":null})"));
  EXPECT_EQ(std::get<LetterPage>(last).next_query, "");
}

TEST(LetterPage, WhatCannotBeReadIsNoEmptyList) {
  for (const char* body : {"", "[]", "{}", R"({"data":{}})", R"({"data":[{}]})", R"({"data":[7]})"})
    EXPECT_TRUE(std::holds_alternative<NotNow>(ReadLetterPage(Response(200, body)))) << body;
  EXPECT_TRUE(std::holds_alternative<NotNow>(ReadLetterPage(Response(500))));
  EXPECT_TRUE(std::holds_alternative<NotNow>(ReadLetterPage(Response(422))));
  EXPECT_TRUE(std::holds_alternative<NotNow>(ReadLetterPage(absl::DeadlineExceededError(""))));
  EXPECT_EQ(std::get<NotNow>(ReadLetterPage(Response(401))).cause, Cause::kCredentials);
  EXPECT_EQ(std::get<NotNow>(ReadLetterPage(Response(429, "", {{"Retry-After", "9"}}))).retry_after,
            std::chrono::seconds(9));
}

TEST(CancelAnswer, OnlyWhatLobSaysCounts) {
  EXPECT_TRUE(std::holds_alternative<Cancelled>(ReadCancelAnswer(Response(200))));
  EXPECT_TRUE(std::holds_alternative<Cancelled>(ReadCancelAnswer(Response(404))))
      << "an earlier request did it";
  EXPECT_TRUE(std::holds_alternative<TooLate>(ReadCancelAnswer(Response(422))));
  for (int status : {401, 409, 429, 500, 503})
    EXPECT_TRUE(std::holds_alternative<NotNow>(ReadCancelAnswer(Response(status)))) << status;
  EXPECT_TRUE(std::holds_alternative<NotNow>(ReadCancelAnswer(absl::UnknownError(""))));
}

}  // namespace
}  // namespace fsft::fulfillment
