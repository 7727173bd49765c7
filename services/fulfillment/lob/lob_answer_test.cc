#include "services/fulfillment/lob/lob_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fsft::fulfillment {

namespace {

using ::testing::FieldsAre;
using ::testing::VariantWith;
using Cause = NotAccepted::Cause;

http::Response Response(int status, std::string body = "", http::Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

TEST(LobAnswer, AcceptanceCarriesIdTrackingAndDate) {
  const auto answer = ReadLobAnswer(Response(
      200,
      R"({"id":"ltr_1","tracking_number":"92071","expected_delivery_date":"2026-11-09","carrier":"USPS"})"));
  EXPECT_THAT(answer, VariantWith<Accepted>(FieldsAre("ltr_1", "92071", "2026-11-09")));
}

TEST(LobAnswer, TrackingAndDateMayComeLater) {
  EXPECT_THAT(ReadLobAnswer(Response(200, R"({"id":"ltr_1","tracking_number":null})")),
              VariantWith<Accepted>(FieldsAre("ltr_1", "", "")));
}

TEST(LobAnswer, TakesTheDateOutOfATimeStampAndNothingElse) {
  EXPECT_THAT(ReadLobAnswer(Response(
                  200, R"({"id":"l","expected_delivery_date":"2026-11-09T00:00:00.000Z"})")),
              VariantWith<Accepted>(FieldsAre("l", "", "2026-11-09")));
  EXPECT_THAT(ReadLobAnswer(Response(200, R"({"id":"l","expected_delivery_date":"in a week"})")),
              VariantWith<Accepted>(FieldsAre("l", "", "")));
}

TEST(LobAnswer, ASuccessThatCannotBeReadMayHaveBeenAccepted) {
  for (const char* body :
       {"", "<html>", "[]", "{}", R"({"id":7})", R"({"id":""})", R"({"id":"ltr_1")"}) {
    EXPECT_THAT(ReadLobAnswer(Response(200, body)),
                VariantWith<Unknown>(FieldsAre("printer_answer_unreadable")))
        << body;
  }
}

TEST(LobAnswer, ARefusalIsPermanentAndNamesLobsCode) {
  EXPECT_THAT(
      ReadLobAnswer(Response(
          422, R"({"error":{"message":"to.name is bad","status_code":422,"code":"invalid"}})")),
      VariantWith<Refused>(FieldsAre("printer_refused_invalid")));
  for (int status : {400, 402, 404, 413, 415, 422}) {
    EXPECT_THAT(ReadLobAnswer(Response(status)),
                VariantWith<Refused>(FieldsAre("printer_refused_" + std::to_string(status))));
  }
}

TEST(LobAnswer, ARefusalsReasonNeverQuotesText) {
  for (const char* code : {"Ada Rider, 1 Main St", "", "UPPER", "x\ny"}) {
    EXPECT_THAT(
        ReadLobAnswer(Response(422, R"({"error":{"code":")" + std::string(code) + R"("}})")),
        VariantWith<Refused>(FieldsAre("printer_refused_422")));
  }
}

TEST(LobAnswer, CredentialsAndRateLimitsProveThatNothingWasAccepted) {
  for (int status : {401, 403}) {
    EXPECT_THAT(ReadLobAnswer(Response(status)),
                VariantWith<NotAccepted>(FieldsAre(Cause::kCredentials, std::chrono::seconds(0))));
  }
  EXPECT_THAT(ReadLobAnswer(Response(429, "", {{"retry-after", "17"}})),
              VariantWith<NotAccepted>(FieldsAre(Cause::kRateLimited, std::chrono::seconds(17))));
}

TEST(LobAnswer, RetryAfterIsBoundedAndMayBeMissing) {
  const auto wait = [](http::Headers headers) {
    return std::get<NotAccepted>(ReadLobAnswer(Response(429, "", std::move(headers)))).retry_after;
  };
  EXPECT_EQ(wait({}), std::chrono::seconds(0));
  EXPECT_EQ(wait({{"Retry-After", "-5"}}), std::chrono::seconds(0));
  EXPECT_EQ(wait({{"Retry-After", "soon"}}), std::chrono::seconds(0));
  EXPECT_EQ(wait({{"Retry-After", "999999999"}}), std::chrono::hours(1));
}

TEST(LobAnswer, EverythingElseMayHaveBeenAccepted) {
  for (int status : {100, 301, 302, 408, 409, 425, 500, 502, 503, 504}) {
    EXPECT_THAT(ReadLobAnswer(Response(status)),
                VariantWith<Unknown>(FieldsAre("printer_status_" + std::to_string(status))));
  }
}

TEST(LobAnswer, OnlyARequestThatNeverLeftIsAProof) {
  for (const auto& status : {absl::UnavailableError(""), absl::InvalidArgumentError("")}) {
    EXPECT_THAT(ReadLobAnswer(status),
                VariantWith<NotAccepted>(FieldsAre(Cause::kUnreachable, std::chrono::seconds(0))));
  }
  EXPECT_THAT(ReadLobAnswer(absl::DeadlineExceededError("")),
              VariantWith<Unknown>(FieldsAre("printer_timeout")));
  for (const auto& status : {absl::UnknownError(""), absl::ResourceExhaustedError("")}) {
    EXPECT_THAT(ReadLobAnswer(status), VariantWith<Unknown>(FieldsAre("printer_connection_lost")));
  }
}

}  // namespace
}  // namespace fsft::fulfillment
