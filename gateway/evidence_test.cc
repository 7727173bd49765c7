#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;

class EvidenceTest : public GatewayTest {
 protected:
  EvidenceTest() {
    intake::AddExhibitResponse added;
    added.mutable_exhibit()->set_exhibit_id("0192f7a4-5c1d-7e3a-9b2c-000000000003");
    added.mutable_exhibit()->set_position(2);
    added.mutable_exhibit()->set_width(1625);
    added.mutable_exhibit()->set_height(1219);
    backend_.add_exhibit.answer = added;
  }

  http::Response Upload(const std::string& type, const std::string& body,
                        std::vector<http::Header> more = {}) {
    more.push_back({"Content-Type", type});
    more.push_back(Bearer("token"));
    return Ask("POST", path_, std::move(more), body);
  }
  const intake::AddExhibitRequest& Sent() { return backend_.add_exhibit.request; }

  // `caption` as the second field.
  static std::string Form(const std::string& image, const std::string& caption,
                          const std::string& boundary = "b") {
    return "--" + boundary +
           "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"sign.jpg\"\r\n"
           "Content-Type: image/jpeg\r\n\r\n" +
           image + "\r\n--" + boundary +
           "\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\n" + caption + "\r\n--" +
           boundary + "--\r\n";
  }

  const std::string path_ = std::string("/api/intakes/") + kIntakeId + "/evidence";
  const std::string image_{"\xFF\xD8\0image", 8};
};

TEST_F(EvidenceTest, TakesAnImageAsTheBody) {
  const http::Response response =
      Upload("image/jpeg", image_, {{"Idempotency-Key", "0123456789abcdef"}});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(Json(response), (json{{"exhibit_id", "0192f7a4-5c1d-7e3a-9b2c-000000000003"},
                                  {"position", 2},
                                  {"width", 1625},
                                  {"height", 1219}}));
  EXPECT_EQ(Sent().intake_id(), kIntakeId);
  EXPECT_EQ(Sent().access_token(), "token");
  EXPECT_EQ(Sent().image(), image_);
  EXPECT_EQ(Sent().caption(), "");
  EXPECT_EQ(Sent().request_key().idempotency_key(), "0123456789abcdef");
}

TEST_F(EvidenceTest, TakesAnImageAsTheFileOfAForm) {
  EXPECT_EQ(Upload("multipart/form-data; boundary=b", Form(image_, "The sign…")).status, 201);
  EXPECT_EQ(Sent().image(), image_);
  EXPECT_EQ(Sent().caption(), "The sign…");
}

TEST_F(EvidenceTest, AnImageAsTheBodyHasItsCaptionInAHeader) {
  EXPECT_EQ(Upload("image/png", image_, {{"X-Caption", "The sign…"}}).status, 201);
  EXPECT_EQ(Sent().caption(), "The sign…");
  EXPECT_EQ(Upload("image/png", image_, {{"X-Caption", "caf\xE9"}}).status, 422);
}

TEST_F(EvidenceTest, RemovesAPhotographOfTheIntake) {
  intake::RemoveExhibitResponse remaining;
  *remaining.add_exhibits() = backend_.add_exhibit.answer->exhibit();
  backend_.remove_exhibit.answer = remaining;
  const http::Response response = Ask("DELETE", path_ + "/exhibit-1", {Bearer("token")});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response)["evidence"][0]["position"], 2);
  EXPECT_EQ(backend_.remove_exhibit.request.intake_id(), kIntakeId);
  EXPECT_EQ(backend_.remove_exhibit.request.exhibit_id(), "exhibit-1");
  EXPECT_EQ(backend_.remove_exhibit.request.access_token(), "token");
  EXPECT_FALSE(backend_.remove_exhibit.request.checkout_ended());
}

TEST_F(EvidenceTest, WhatIsNotThereIsNotFoundAndNobodyRemovesWithoutAToken) {
  backend_.remove_exhibit.answer =
      rpc::Error(absl::StatusCode::kNotFound, "exhibit_not_found", "there is no such exhibit");
  const http::Response response = Ask("DELETE", path_ + "/exhibit-1", {Bearer("token")});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(Json(response)["code"], "exhibit_not_found");
  EXPECT_EQ(Ask("DELETE", path_ + "/exhibit-1", {}).status, 401);
  EXPECT_EQ(backend_.remove_exhibit.calls, 1);
}

TEST_F(EvidenceTest, TheSameUploadIsRecognisedWhateverItsWrapping) {
  Upload("multipart/form-data; boundary=b", Form(image_, ""));
  const std::string digest = Sent().request_key().request_digest();
  EXPECT_EQ(digest.size(), 32);
  Upload("multipart/form-data; boundary=other", Form(image_, "", "other"));
  EXPECT_EQ(Sent().request_key().request_digest(), digest);
  Upload("image/png", image_);
  EXPECT_EQ(Sent().request_key().request_digest(), digest);
  Upload("multipart/form-data; boundary=b", Form(image_, "caption"));
  EXPECT_NE(Sent().request_key().request_digest(), digest);
  Upload("image/jpeg", image_ + "x");
  EXPECT_NE(Sent().request_key().request_digest(), digest);
}

TEST_F(EvidenceTest, OtherTypesAreRefusedUnread) {
  for (const char* type : {"image/heic", "image/gif", "application/json", "text/plain",
                           "application/x-www-form-urlencoded", "application/pdf", ""}) {
    const http::Response response = Upload(type, image_);
    EXPECT_EQ(response.status, 415) << type;
    EXPECT_EQ(Json(response)["code"], "unsupported_media_type");
    EXPECT_FALSE(body_was_read_);
  }
  EXPECT_EQ(Upload("image/jpeg", image_, {{"Content-Encoding", "gzip"}}).status, 415);
  EXPECT_EQ(backend_.add_exhibit.calls, 0);
}

TEST_F(EvidenceTest, BytesOfAnotherTypeAreOneToo) {
  backend_.add_exhibit.answer = rpc::WithViolations(
      rpc::Error(absl::StatusCode::kInvalidArgument, "unsupported_media_type", "no"),
      {rpc::Violation("file", "image_type_unsupported", "must be a JPEG or a PNG")});
  const http::Response response = Upload("image/jpeg", "GIF89a");
  EXPECT_EQ(response.status, 415);
  EXPECT_EQ(Json(response)["code"], "unsupported_media_type");
  EXPECT_EQ(Json(response)["errors"][0]["field"], "file");
}

TEST_F(EvidenceTest, AnImageThatCannotBeUsedIsAViolation) {
  backend_.add_exhibit.answer =
      rpc::InvalidFields({rpc::Violation("file", "image_damaged", "is damaged or incomplete")});
  const http::Response response = Upload("image/jpeg", image_);
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(Json(response)["errors"][0]["code"], "image_damaged");
}

TEST_F(EvidenceTest, TenMebibytesAreTakenAndAByteMoreIsRefusedUnread) {
  EXPECT_EQ(Upload("image/jpeg", std::string(10 << 20, 'x')).status, 201);
  EXPECT_TRUE(body_was_read_);
  const http::Response response = Upload("image/jpeg", std::string((10 << 20) + 1, 'x'));
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(Json(response)["code"], "body_too_large");
  EXPECT_FALSE(body_was_read_);
}

TEST_F(EvidenceTest, ABodyWithoutALengthIsRefused) {
  EXPECT_EQ(Upload("image/jpeg", "").status, 411);
}

TEST_F(EvidenceTest, WithoutATokenNothingIsRead) {
  EXPECT_EQ(Ask("POST", path_, {{"Content-Type", "image/jpeg"}}, image_).status, 401);
  EXPECT_FALSE(body_was_read_);
}

TEST_F(EvidenceTest, WhatIsNoFormIsMalformed) {
  const http::Response response = Upload("multipart/form-data; boundary=b", image_);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(Json(response)["code"], "malformed_form");
  EXPECT_EQ(Upload("multipart/form-data", image_).status, 400);
}

TEST_F(EvidenceTest, ACaptionIsText) {
  const http::Response response =
      Upload("multipart/form-data; boundary=b", Form(image_, "caf\xE9"));
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(Json(response)["errors"][0]["field"], "caption");
  EXPECT_EQ(backend_.add_exhibit.calls, 0);
}

TEST_F(EvidenceTest, AKeyThatCanBeNoneIsRefused) {
  EXPECT_EQ(Upload("image/jpeg", image_, {{"Idempotency-Key", "short"}}).status, 422);
}

TEST_F(EvidenceTest, AFullServiceAsksToComeAgain) {
  backend_.add_exhibit.answer = rpc::WithRetryAfter(
      rpc::Error(absl::StatusCode::kUnavailable, "busy"), std::chrono::seconds(1));
  const http::Response response = Upload("image/jpeg", image_);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(Header(response, "Retry-After"), "1");
}

// What they have sent takes memory, which http::BodyMemory bounds; but no place at work.
TEST_F(EvidenceTest, UploadsThatAreLongInComingKeepNobodyOut) {
  const auto begin = [&] {
    http::Request head{.method = "POST",
                       .path = path_,
                       .headers = {{"Content-Type", "image/jpeg"}, Bearer("token")},
                       .body = {},
                       .remote_addr = {}};
    return gateway_.Begin(std::move(head), {.chunked = false, .length = image_.size()});
  };
  std::vector<std::unique_ptr<http::Exchange>> uploads;
  for (int i = 0; i < 100; ++i) {
    uploads.push_back(begin());
    EXPECT_TRUE(uploads.back()->BodyLimit());
  }
  EXPECT_EQ(begin()->Answer(image_).status, 201);
  EXPECT_EQ(uploads.front()->Answer(image_).status, 201);
}

}  // namespace
}  // namespace fsft::gateway
