// For tests: the gateway with five operators, each of whom may do one thing.
#pragma once

#include <fstream>

#include "gateway/gateway_fixture.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/test_certificates.h"

namespace fsft::gateway {

// "reader", "retrier", "refunder", "eraser" and "resender" are the operators' names and their
// tokens.
class OperatorTest : public GatewayTest {
 protected:
  void SetUp() override {
    const std::string path = folder_.path() / "tokens";
    std::ofstream file(path);
    for (const auto& [name, scope] : {std::pair("reader", "read"), std::pair("retrier", "retry"),
                                      std::pair("refunder", "refund"), std::pair("eraser", "erase"),
                                      std::pair("resender", "resend")})
      file << name << ":" << scope << ":" << crypto::HexEncode(crypto::Sha256(name)) << "\n";
    file.close();
    tokens_.emplace(path);
    with_operators_.emplace(Routes(), Services{backend_, probe_}, *tokens_, metrics_);
  }

  // Without a token when `name` is empty. `parameters` are the query's, decoded.
  http::Response AskAs(const std::string& name, std::string method, std::string path,
                       const std::string& body = "", std::vector<http::Header> parameters = {}) {
    http::Request head{.method = std::move(method),
                       .path = std::move(path),
                       .headers = {},
                       .body = {},
                       .remote_addr = {},
                       .parameters = std::move(parameters)};
    if (!name.empty()) head.headers.push_back(Bearer(name));
    http::Framing framing;
    if (!body.empty()) {
      head.headers.push_back({"Content-Type", "application/json"});
      framing.length = body.size();
    }
    const auto exchange = with_operators_->Begin(std::move(head), framing);
    return exchange->Answer(exchange->BodyLimit().has_value() ? body : "");
  }

  const rpc::TemporaryDirectory folder_;
  std::optional<AdminTokens> tokens_;
  std::optional<Gateway> with_operators_;
};

}  // namespace fsft::gateway
