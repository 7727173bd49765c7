// Signs as the sandbox does and verifies as the payment service does, one request a line, so that
// Stripe's own library can be asked whether it agrees: see stripe_signatures.mjs.
//
//   {"sign": BASE64, "secret": …, "at": SECONDS}                        the header
//   {"verify": BASE64, "header": …, "secrets": […], "now": SECONDS}     true or false

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "services/payment/stripe_signature.h"
#include "shared/crypto/encoding.h"
#include "tests/sandbox/webhooks/signature.h"

namespace {

using namespace fsft;
using nlohmann::json;

json Sign(const json& request) {
  const std::string payload = *crypto::Base64Decode(request.at("sign").get<std::string>());
  return sandbox::SignForStripe(request.at("secret").get<std::string>(), payload,
                                request.at("at").get<int64_t>())
      .front()
      .second;
}

json Verify(const json& request) {
  const std::string payload = *crypto::Base64Decode(request.at("verify").get<std::string>());
  std::vector<config::Secret> secrets;
  for (const json& secret : request.at("secrets")) secrets.emplace_back(secret.get<std::string>());
  const time::TimePoint now{std::chrono::seconds(request.at("now").get<int64_t>())};
  return payment::VerifyStripeSignature(payload, request.at("header").get<std::string>(), secrets,
                                        now)
      .ok();
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const json request = json::parse(line);
    std::cout << (request.contains("sign") ? Sign(request) : Verify(request)) << '\n';
  }
  return 0;
}
