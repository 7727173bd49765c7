#include <gtest/gtest.h>

#include <set>

#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "tests/sandbox/testing.h"

namespace fsft::sandbox {
namespace {

using testing::Bench;
using testing::Receiver;
using testing::Reply;

Options Sending(const Receiver& receiver) {
  Options options;
  options.stripe = {receiver.url(), "whsec_test", {}};
  options.retry_base = std::chrono::milliseconds(10);
  return options;
}

// Stripe's own rule, written a second time.
bool IsSigned(const Receiver::Webhook& webhook, const std::string& secret) {
  const std::string& header = webhook.stripe_signature;
  const std::string time = header.substr(2, header.find(',') - 2);
  const std::string mac = crypto::HexEncode(crypto::HmacSha256(secret, time + "." + webhook.body));
  return header.starts_with("t=") && header.find(",v1=" + mac + ",") != std::string::npos;
}

Reply PayOnPage(Bench& bench, const std::string& session) {
  const http::Response response = bench.Post("/pay/" + session);
  return {response.status, nullptr, response.headers};
}

TEST(StripePayment, OnThePageCompletesTheSession) {
  Bench bench;
  const std::string id = bench.NewSession();
  const Reply paid = PayOnPage(bench, id);
  EXPECT_EQ(paid.status, 303);
  EXPECT_EQ(paid.Header("Location"), "http://shop.test/success?session_id=" + id);

  const Json session = bench.Stripe("GET", "/v1/checkout/sessions/" + id).body;
  EXPECT_EQ(session["status"], "complete");
  EXPECT_EQ(session["payment_status"], "paid");
  EXPECT_EQ(session["url"], nullptr);
  // Made-up personal data, so that a test can look for it where it must not be.
  for (const char* name : {"name", "email", "phone"}) {
    EXPECT_TRUE(session["customer_details"][name].is_string()) << name;
  }
  const std::string intent = session["payment_intent"];
  const Reply listed = bench.Stripe("GET", "/v1/checkout/sessions?payment_intent=" + intent);
  ASSERT_EQ(listed.body["data"].size(), 1u);
  EXPECT_EQ(listed.body["data"][0]["id"], id);
}

TEST(StripePayment, HasAReceiptOnItsCharge) {
  Bench bench;
  const std::string id = bench.NewSession();
  bench.Control("POST", "/stripe/pay/" + id);
  const Json session =
      bench.Stripe("GET", "/v1/checkout/sessions/" + id + "?expand[]=payment_intent.latest_charge")
          .body;
  const Json& intent = session["payment_intent"];
  EXPECT_EQ(intent["amount"], 1989);
  EXPECT_EQ(intent["metadata"]["payment_id"], "payment-1");
  const std::string receipt = intent["latest_charge"]["receipt_url"];
  EXPECT_EQ(bench.Get(receipt).status, 200);
  const Reply plain = bench.Stripe("GET", "/v1/payment_intents/" + intent["id"].get<std::string>());
  EXPECT_EQ(plain.body["latest_charge"], intent["latest_charge"]["id"]);
  EXPECT_EQ(bench.Stripe("GET", "/v1/checkout/sessions/" + id + "?expand[]=nothing").status, 400);
}

TEST(StripePayment, SendsSignedWebhooks) {
  Receiver receiver;
  Bench bench(Sending(receiver));
  const std::string id = bench.NewSession();
  PayOnPage(bench, id);
  std::set<std::string> types;
  for (const Receiver::Webhook& webhook : receiver.WaitFor(3)) {
    types.insert(webhook.type());
    EXPECT_TRUE(IsSigned(webhook, "whsec_test")) << webhook.stripe_signature;
    EXPECT_FALSE(IsSigned(webhook, "test"));
    EXPECT_EQ(Json::parse(webhook.body)["livemode"], false);
  }
  EXPECT_EQ(types, (std::set<std::string>{"charge.succeeded", "checkout.session.completed",
                                          "payment_intent.succeeded"}));
}

TEST(StripePayment, SendsAWebhookAgainUntilItIsTaken) {
  Receiver receiver({500, 302, 404});
  Options options = Sending(receiver);
  options.stripe.events = {"checkout.session.completed"};
  Bench bench(options);
  PayOnPage(bench, bench.NewSession());
  const std::vector<Receiver::Webhook> webhooks = receiver.WaitFor(4);
  for (const Receiver::Webhook& webhook : webhooks) EXPECT_EQ(webhook.body, webhooks[0].body);
  const Json attempts = bench.Control("GET", "/stripe/webhooks?at_least=4&timeout_ms=10000");
  ASSERT_EQ(attempts.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(attempts[i]["attempt"], i + 1);
    EXPECT_EQ(attempts[i]["status"], std::vector({500, 302, 404, 200})[i]);
  }
}

TEST(StripePayment, OfAnotherSessionOrTwiceIsNoPayment) {
  Bench bench;
  const std::string id = bench.NewSession();
  EXPECT_EQ(PayOnPage(bench, id).status, 303);
  EXPECT_EQ(PayOnPage(bench, id).status, 200);
  EXPECT_EQ(PayOnPage(bench, "cs_test_none").status, 404);
  EXPECT_EQ(bench.Control("GET", "/health")["payments"], 1);
  EXPECT_EQ(bench.Control("POST", "/stripe/pay/" + id)["error"], "already paid");
}

TEST(StripePayment, CanBeKeptFromTheWebhooksAndDeliveredLater) {
  Receiver receiver;
  Bench bench(Sending(receiver));
  bench.Control("POST", "/stripe/pay/" + bench.NewSession(), {{"deliver", false}});
  const Reply events = bench.Stripe("GET", "/v1/events?type=checkout.session.completed");
  ASSERT_EQ(events.body["data"].size(), 1u);
  EXPECT_EQ(bench.Stripe("GET", "/v1/events?delivery_success=false").body["data"].size(), 3u);
  EXPECT_TRUE(bench.Control("GET", "/stripe/webhooks").empty());

  const Json event = events.body["data"][0];
  const Json attempt = bench.Control("POST", "/stripe/deliver", {{"event_id", event["id"]}});
  EXPECT_EQ(attempt["status"], 200);
  const Receiver::Webhook webhook = receiver.WaitFor(1)[0];
  EXPECT_EQ(Json::parse(webhook.body)["id"], event["id"]);
  EXPECT_TRUE(IsSigned(webhook, "whsec_test"));
}

TEST(StripePayment, DeliversWhateverATestWants) {
  Receiver receiver;
  Bench bench(Sending(receiver));
  bench.Control("POST", "/stripe/deliver", {{"payload", R"({"type":"x"})"}, {"secret", "other"}});
  bench.Control("POST", "/stripe/deliver",
                {{"payload", R"({"type":"y"})"}, {"headers", {{"Stripe-Signature", "t=1"}}}});
  const std::vector<Receiver::Webhook> webhooks = receiver.WaitFor(2);
  EXPECT_TRUE(IsSigned(webhooks[0], "other"));
  EXPECT_EQ(webhooks[1].stripe_signature, "t=1");
}

TEST(StripePayment, MayBeOfAWrongAmount) {
  Bench bench;
  const std::string id = bench.NewSession();
  bench.Control("POST", "/stripe/pay/" + id, {{"amount", 1}, {"currency", "eur"}});
  const Json session = bench.Stripe("GET", "/v1/checkout/sessions/" + id).body;
  EXPECT_EQ(session["amount_total"], 1);
  EXPECT_EQ(session["currency"], "eur");
}

}  // namespace
}  // namespace fsft::sandbox
