// For tests: the gateway with its real routes over a fake backend, asked without a socket.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "gateway/admin_tokens.h"
#include "gateway/fake_backend.h"
#include "gateway/gateway.h"
#include "gateway/probe.h"
#include "shared/metrics/metrics.h"

namespace fsft::gateway {

inline constexpr char kPaymentId[] = "0192f7a4-5c1d-7e3a-9b2c-3d4e5f607182";
inline constexpr char kIntakeId[] = "0192f7a4-5c1d-7e3a-9b2c-000000000001";
inline constexpr char kDraftId[] = "0192f7a4-5c1d-7e3a-9b2c-000000000002";

class GatewayTest : public testing::Test {
 protected:
  // As the server does it: the head first, the body only if the gateway wants it.
  http::Response Ask(std::string method, std::string path, std::vector<http::Header> headers = {},
                     const std::string& body = "") {
    http::Request head{.method = std::move(method),
                       .path = std::move(path),
                       .headers = std::move(headers),
                       .body = {},
                       .remote_addr = {}};
    http::Framing framing;
    if (!body.empty()) framing.length = body.size();
    const auto exchange = gateway_.Begin(std::move(head), framing);
    body_was_read_ = exchange->BodyLimit().has_value();
    return exchange->Answer(body_was_read_ ? body : "");
  }

  http::Response PostJson(std::string path, const nlohmann::json& json,
                          std::vector<http::Header> headers = {}) {
    headers.push_back({"Content-Type", "application/json"});
    return Ask("POST", std::move(path), std::move(headers), json.dump());
  }

  static nlohmann::json Json(const http::Response& response) {
    return nlohmann::json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  }

  static std::string Header(const http::Response& response, std::string_view name) {
    for (const http::Header& header : response.headers) {
      if (http::SameName(header.name, name)) return header.value;
    }
    return "";
  }

  static http::Header Bearer(const std::string& token) {
    return {"Authorization", "Bearer " + token};
  }

  static payment::GetOrderResponse PaidOrder() {
    payment::GetOrderResponse order;
    order.set_payment_id(kPaymentId);
    order.set_intake_id(kIntakeId);
    order.set_draft_id(kDraftId);
    order.set_session_id("cs_test_1");
    order.set_payment_state(payment::PAYMENT_STATE_PAID);
    order.set_amount_cents(1989);
    order.set_currency("usd");
    order.set_appeal_type(fightsftickets::common::v1::APPEAL_TYPE_CERTIFIED);
    order.mutable_created_at()->set_seconds(1'793'577'600);
    order.mutable_paid_at()->set_seconds(1'793'577'660);
    return order;
  }

  FakeBackend backend_;
  Probe probe_{backend_};
  metrics::Registry metrics_;
  AdminTokens no_tokens_{""};
  Gateway gateway_{Routes(), Services{backend_, probe_}, no_tokens_, metrics_};
  bool body_was_read_ = false;
};

}  // namespace fsft::gateway
