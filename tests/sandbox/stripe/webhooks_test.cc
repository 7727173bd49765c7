// How webhooks may fare between Stripe and a receiver, and what else a receiver hears.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/sandbox/testing.h"

namespace fsft::sandbox {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using testing::Receiver;
using ::testing::UnorderedElementsAre;

constexpr const char* kCompleted = "checkout.session.completed";
constexpr const char* kHeld = "/held?operation=stripe.webhook&at_least=1&timeout_ms=10000";

Options Sending(const Receiver& receiver, std::set<std::string> types = {}) {
  Options options;
  options.stripe = {receiver.url(), "whsec_test", std::move(types)};
  options.retry_base = std::chrono::milliseconds(1);
  return options;
}

Json Pay(Bench& bench) { return bench.Control("POST", "/stripe/pay/" + bench.NewSession()); }

std::vector<std::string> Types(const std::vector<Receiver::Webhook>& webhooks) {
  std::vector<std::string> types;
  types.reserve(webhooks.size());
  for (const Receiver::Webhook& webhook : webhooks) types.push_back(webhook.type());
  return types;
}

std::string SessionOf(const Receiver::Webhook& webhook) {
  return Json::parse(webhook.body)["data"]["object"]["id"];
}

// The newest event of the type, with webhooks or without.
std::string EventId(Bench& bench, const std::string& type) {
  return bench.Stripe("GET", "/v1/events?type=" + type).body["data"][0]["id"];
}

// Answers 200 only when so many requests are in it at the same time.
class MeetingPlace {
 public:
  explicit MeetingPlace(int count) : count_(count) {
    server_.Post("/webhook", [this](const httplib::Request&, httplib::Response& response) {
      std::unique_lock lock(mutex_);
      ++present_;
      all_.notify_all();
      const bool met =
          all_.wait_for(lock, std::chrono::seconds(5), [this] { return present_ >= count_; });
      response.status = met ? 200 : 503;
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    serving_ = std::thread([this] { server_.listen_after_bind(); });
    server_.wait_until_ready();
  }
  ~MeetingPlace() {
    server_.stop();
    serving_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/webhook"; }

 private:
  const int count_;
  std::mutex mutex_;
  std::condition_variable all_;
  int present_ = 0;
  httplib::Server server_;
  int port_ = 0;
  std::thread serving_;
};

TEST(StripeWebhooks, MayNeverCome) {
  Receiver receiver;
  Bench bench(Sending(receiver, {kCompleted}));
  bench.Control("POST", "/knobs",
                {{"operation", "stripe.webhook"},
                 {"where", {{"type", kCompleted}}},
                 {"drop", true},
                 {"times", 2}});
  Pay(bench);
  Pay(bench);
  const Json dropped = bench.Control("GET", "/stripe/webhooks?at_least=2&timeout_ms=10000");
  ASSERT_EQ(dropped.size(), 2u);
  EXPECT_EQ(dropped[0]["error"], "dropped by a knob");
  const std::string third = Pay(bench)["id"];
  EXPECT_EQ(SessionOf(receiver.WaitFor(1)[0]), third);
  // What never came can still be read.
  EXPECT_EQ(bench.Stripe("GET", std::string("/v1/events?type=") + kCompleted).body["data"].size(),
            3u);
}

TEST(StripeWebhooks, MayBeLostForOnePaymentOnly) {
  Receiver receiver;
  Bench bench(Sending(receiver));
  bench.Control(
      "POST", "/knobs",
      {{"operation", "stripe.webhook"},
       {"where",
        {{"event", {{"data", {{"object", {{"metadata", {{"payment_id", "payment-1"}}}}}}}}}}},
       {"drop", true},
       {"times", 0}});
  Pay(bench);
  bench.Control("POST", "/stripe/foreign");
  EXPECT_EQ(bench.Control("GET", "/stripe/webhooks?at_least=4&timeout_ms=10000").size(), 4u);
  EXPECT_EQ(receiver.WaitFor(1).size(), 1u);
}

TEST(StripeWebhooks, MayComeAfterTheirRefund) {
  Receiver receiver;
  Bench bench(Sending(receiver, {kCompleted, "charge.refunded"}));
  bench.Control(
      "POST", "/knobs",
      {{"operation", "stripe.webhook"}, {"where", {{"type", kCompleted}}}, {"hold", true}});
  const std::string intent = Pay(bench)["payment_intent"];
  EXPECT_EQ(bench.Control("GET", kHeld)["held"], 1);
  bench.Stripe("POST", "/v1/refunds", {{"payment_intent", intent}});
  EXPECT_THAT(Types(receiver.WaitFor(1)), ElementsAre("charge.refunded"));
  bench.Control("POST", "/release");
  EXPECT_THAT(Types(receiver.WaitFor(2)), ElementsAre("charge.refunded", kCompleted));
}

TEST(StripeWebhooks, MayComeLate) {
  Receiver receiver;
  Bench bench(Sending(receiver, {kCompleted}));
  bench.Control("POST", "/knobs", {{"operation", "stripe.webhook"}, {"delay_ms", 30}});
  const auto paid = std::chrono::steady_clock::now();
  Pay(bench);
  receiver.WaitFor(1);
  EXPECT_GE(std::chrono::steady_clock::now() - paid, std::chrono::milliseconds(30));
}

TEST(StripeWebhooks, MayComeSeveralTimes) {
  Receiver receiver;
  Bench bench(Sending(receiver, {kCompleted}));
  bench.Control("POST", "/stripe/endpoint", {{"copies", 3}});
  Pay(bench);
  const std::vector<Receiver::Webhook> webhooks = receiver.WaitFor(3);
  EXPECT_EQ(webhooks[1].body, webhooks[0].body);
  EXPECT_EQ(webhooks[2].body, webhooks[0].body);
}

TEST(StripeWebhooks, MayComeAllAtOnceAndToSeveralPlaces) {
  MeetingPlace one(3);
  MeetingPlace other(3);
  Receiver unused;
  Bench bench(Sending(unused, {"none"}));
  Pay(bench);
  const Json answer = bench.Control("POST", "/stripe/deliver",
                                    {{"event_id", EventId(bench, kCompleted)},
                                     {"urls", {one.url(), other.url()}},
                                     {"copies", 6}});
  EXPECT_EQ(answer["statuses"], Json::parse("[200,200,200,200,200,200]"));
}

TEST(StripeWebhooks, OfSeveralEventsMayComeTogether) {
  Receiver receiver;
  Bench bench(Sending(receiver, {"none"}));
  Pay(bench);
  const Json answer = bench.Control(
      "POST", "/stripe/deliver",
      {{"event_ids", {EventId(bench, kCompleted), EventId(bench, "charge.succeeded")}},
       {"copies", 2}});
  EXPECT_EQ(answer["statuses"], Json::parse("[200,200,200,200]"));
  EXPECT_THAT(Types(receiver.WaitFor(4)),
              UnorderedElementsAre(kCompleted, kCompleted, "charge.succeeded", "charge.succeeded"));
}

TEST(StripeWebhooks, TellOfOtherProductsToo) {
  Receiver receiver;
  Bench bench(Sending(receiver));
  const Json event = bench.Control("POST", "/stripe/foreign");
  EXPECT_EQ(event["type"], kCompleted);
  EXPECT_EQ(event["data"]["object"]["payment_status"], "paid");
  EXPECT_FALSE(event["data"]["object"]["metadata"].contains("payment_id"));
  EXPECT_EQ(Json::parse(receiver.WaitFor(1)[0].body)["id"], event["id"]);
  // Its session is the account's as well.
  const std::string session = event["data"]["object"]["id"];
  EXPECT_EQ(bench.Stripe("GET", "/v1/checkout/sessions/" + session).status, 200);

  const Json bare = bench.Control("POST", "/stripe/foreign",
                                  {{"object", {{"metadata", Json::object()}}}, {"deliver", false}});
  EXPECT_EQ(bare["data"]["object"]["metadata"], Json::object());
  // The newest that was not delivered; whether the first has been noted as delivered is a race.
  EXPECT_EQ(bench.Stripe("GET", "/v1/events?delivery_success=false").body["data"][0]["id"],
            bare["id"]);
}

TEST(StripeWebhooks, MayBeOfTheOtherMode) {
  Receiver receiver;
  Bench bench(Sending(receiver));
  const std::string ours = bench.NewSession();
  const Json event = bench.Control("POST", "/stripe/foreign",
                                   {{"livemode", true},
                                    {"object", {{"id", ours}, {"metadata", {{"payment_id", "p"}}}}},
                                    {"deliver", false}});
  EXPECT_EQ(event["livemode"], true);
  EXPECT_EQ(event["data"]["object"]["livemode"], true);
  // The test mode shows nothing of it, but a test can deliver it.
  EXPECT_TRUE(bench.Stripe("GET", "/v1/events").body["data"].empty());
  EXPECT_EQ(bench.Stripe("GET", "/v1/checkout/sessions/" + ours).body["status"], "open");
  bench.Control("POST", "/stripe/deliver", {{"event_id", event["id"]}});
  EXPECT_EQ(SessionOf(receiver.WaitFor(1)[0]), ours);
}

TEST(StripeWebhooks, RefuseWhatCannotBeDelivered) {
  Bench bench;
  const Json wrong[] = {{{"event_ids", {"evt_none"}}},
                        {{"event_ids", Json::array()}},
                        {{"payload", "{}"}, {"copies", 0}},
                        {{"payload", "{}"}, {"copies", 201}}};
  for (const Json& body : wrong) {
    EXPECT_TRUE(bench.Control("POST", "/stripe/deliver", body).contains("error")) << body;
  }
  EXPECT_TRUE(bench.Control("POST", "/stripe/endpoint", {{"copies", 0}}).contains("error"));
}

}  // namespace
}  // namespace fsft::sandbox
