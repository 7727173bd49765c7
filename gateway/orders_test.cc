#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;
namespace common = fightsftickets::common::v1;

class OrdersTest : public GatewayTest {
 protected:
  OrdersTest() {
    payment::GetOrderResponse order = PaidOrder();
    order.set_delivery_state(common::DELIVERY_STATE_MAILED);
    order.set_tracking_number("9407");
    order.mutable_mailed_at()->set_seconds(1'793'577'720);
    backend_.get_order.answer = order;

    intake::GetIntakeResponse appeal;
    appeal.mutable_citation()->set_number("912345678");
    appeal.set_agency_name("SFMTA Citation Review");
    backend_.get_intake.answer = appeal;

    fulfillment::GetLetterResponse letter;
    letter.set_pdf("%PDF-1.7");
    backend_.get_letter.answer = letter;
  }

  const std::string appeal_path_ = std::string("/api/appeals/") + kPaymentId;
  const std::string letter_path_ = appeal_path_ + "/letter.pdf";
};

TEST_F(OrdersTest, ASessionTellsPaymentAndMailing) {
  const http::Response response = Ask("GET", "/api/checkout/session/cs_test_1");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response), (json{{"session_id", "cs_test_1"},
                                  {"payment_status", "paid"},
                                  {"mailing_status", "mailed"},
                                  {"amount_total", 1989},
                                  {"currency", "usd"},
                                  {"refund_status", "none"},
                                  {"appeal_type", "certified"},
                                  {"expected_delivery", nullptr},
                                  {"payment_id", kPaymentId},
                                  {"intake_id", kIntakeId},
                                  {"draft_id", kDraftId}}));
  EXPECT_EQ(backend_.get_order.request.session_id(), "cs_test_1");
}

TEST_F(OrdersTest, WhatCannotBeASessionIdIsRefusedHere) {
  for (const std::string& id : {std::string("pi_1"), std::string("cs_"), std::string("cs_a-b"),
                                std::string("cs_a b"), "cs_" + std::string(300, 'a')}) {
    const http::Response response = Ask("GET", "/api/checkout/session/" + id);
    EXPECT_EQ(response.status, 400) << id;
    EXPECT_EQ(Json(response)["code"], "invalid_session_id");
  }
  EXPECT_EQ(backend_.get_order.calls, 0);
}

TEST_F(OrdersTest, AnUnknownSessionIsNotFound) {
  backend_.get_order.answer = rpc::Error(absl::StatusCode::kNotFound, "order_not_found");
  EXPECT_EQ(Ask("GET", "/api/checkout/session/cs_test_2").status, 404);
}

TEST_F(OrdersTest, WithoutATokenAnAppealTellsStatesAndDatesOnly) {
  const http::Response response = Ask("GET", appeal_path_);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response), (json{{"payment_id", kPaymentId},
                                  {"payment_status", "paid"},
                                  {"mailing_status", "mailed"},
                                  {"amount_total", 1989},
                                  {"currency", "usd"},
                                  {"refund_status", "none"},
                                  {"refunded_total", 0},
                                  {"appeal_type", "certified"},
                                  {"created_at", "2026-11-02T00:00:00.000000Z"},
                                  {"paid_at", "2026-11-02T00:01:00.000000Z"},
                                  {"mailed_at", "2026-11-02T00:02:00.000000Z"},
                                  {"delivered_at", nullptr},
                                  {"returned_at", nullptr},
                                  {"expected_delivery", nullptr}}));
  EXPECT_EQ(backend_.get_intake.calls, 0);
}

TEST_F(OrdersTest, WithTheTokenAnAppealTellsItsOwnerTheRest) {
  const json answer = Json(Ask("GET", appeal_path_, {Bearer("token-1")}));
  EXPECT_EQ(answer["citation_number"], "912345678");
  EXPECT_EQ(answer["agency"], "SFMTA Citation Review");
  EXPECT_EQ(answer["tracking_number"], "9407");
  EXPECT_EQ(answer["timeline"],
            (json{{{"at", "2026-11-02T00:00:00.000000Z"}, {"what", "ordered"}},
                  {{"at", "2026-11-02T00:01:00.000000Z"}, {"what", "paid"}},
                  {{"at", "2026-11-02T00:02:00.000000Z"}, {"what", "mailed"}}}));
  EXPECT_EQ(backend_.get_intake.request.intake_id(), kIntakeId);
  EXPECT_EQ(backend_.get_intake.request.access_token(), "token-1");
}

TEST_F(OrdersTest, TheTimelineLeadsToTheDoor) {
  payment::GetOrderResponse order = *backend_.get_order.answer;
  order.set_expected_delivery("2026-11-09");
  order.mutable_delivered_at()->set_seconds(1'793'836'800);
  order.mutable_returned_at()->set_seconds(1'793'923'200);
  backend_.get_order.answer = order;
  const json answer = Json(Ask("GET", appeal_path_, {Bearer("token-1")}));
  EXPECT_EQ(answer["expected_delivery"], "2026-11-09");
  EXPECT_EQ(answer["timeline"][3],
            (json{{"at", "2026-11-05T00:00:00.000000Z"}, {"what", "delivered"}}));
  EXPECT_EQ(answer["timeline"][4],
            (json{{"at", "2026-11-06T00:00:00.000000Z"}, {"what", "returned"}}));
}

TEST_F(OrdersTest, AWrongTokenIsNeverAsIfNone) {
  backend_.get_intake.answer = rpc::Error(absl::StatusCode::kUnauthenticated, "invalid_token");
  const http::Response response = Ask("GET", appeal_path_, {Bearer("wrong")});
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(Header(response, "WWW-Authenticate"), "Bearer");
  EXPECT_FALSE(Json(response).contains("payment_status"));
  EXPECT_EQ(Ask("GET", letter_path_, {Bearer("wrong")}).status, 401);
  EXPECT_EQ(backend_.get_letter.calls, 0);
}

TEST_F(OrdersTest, AnAuthorizationThatIsNoBearerTokenIsWrongToo) {
  for (const char* value : {"Basic YTpi", "Bearer", "Bearer ", "token-1"}) {
    EXPECT_EQ(Ask("GET", appeal_path_, {{"Authorization", value}}).status, 401) << value;
  }
}

TEST_F(OrdersTest, AMalformedOrUnknownPaymentIdIsNotFound) {
  for (const char* id : {"1", "cs_test_1", "0192F7A4-5C1D-7E3A-9B2C-3D4E5F607182"}) {
    EXPECT_EQ(Ask("GET", std::string("/api/appeals/") + id).status, 404) << id;
  }
  EXPECT_EQ(backend_.get_order.calls, 0);
  backend_.get_order.answer = rpc::Error(absl::StatusCode::kNotFound, "order_not_found");
  EXPECT_EQ(Ask("GET", appeal_path_).status, 404);
}

TEST_F(OrdersTest, TheLetterIsForItsOwnerAndForNoCache) {
  const http::Response letter = Ask("GET", letter_path_, {Bearer("token-1")});
  EXPECT_EQ(letter.status, 200);
  EXPECT_EQ(letter.content_type, "application/pdf");
  EXPECT_EQ(letter.body, "%PDF-1.7");
  EXPECT_EQ(Header(letter, "Cache-Control"), "private, no-store");
  EXPECT_EQ(backend_.get_letter.request.payment_id(), kPaymentId);
}

TEST_F(OrdersTest, WithoutATokenThereIsNoLetter) {
  const http::Response response = Ask("GET", letter_path_);
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(Json(response)["code"], "token_required");
  EXPECT_EQ(backend_.get_order.calls, 0);
}

TEST_F(OrdersTest, ALetterThatIsNotTypesetYetIsNotFound) {
  backend_.get_letter.answer = rpc::Error(absl::StatusCode::kNotFound, "letter_not_ready");
  const http::Response response = Ask("GET", letter_path_, {Bearer("token-1")});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(Json(response)["code"], "letter_not_ready");
}

}  // namespace
}  // namespace fsft::gateway
