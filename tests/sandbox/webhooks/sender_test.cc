#include "tests/sandbox/webhooks/sender.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/sandbox/testing.h"
#include "tests/sandbox/webhooks/signature.h"

namespace fsft::sandbox {
namespace {

using std::chrono::milliseconds;
using testing::Receiver;

class Sender : public ::testing::Test {
 protected:
  static WebhookSender::Options Quick() {
    WebhookSender::Options options;
    options.operation = "lob.webhook";
    options.sign = SignForLob;
    options.retry_base = milliseconds(1);
    options.retry_max = milliseconds(4);
    options.workers = 2;
    return options;
  }
  Json Attempts(size_t at_least) {
    return attempts_.List([](const Json&) { return true; }, at_least, milliseconds(10'000));
  }

  Knobs knobs_;
  Records attempts_{100};
};

TEST_F(Sender, SignsWhatItSends) {
  Receiver receiver;
  WebhookSender sender(Quick(), knobs_, attempts_);
  sender.SetEndpoint({receiver.url(), "secret", {}});
  sender.Enqueue({"evt_1", "letter.created", R"({"type":"letter.created"})"});
  const Receiver::Webhook webhook = receiver.WaitFor(1)[0];
  const Headers expected = SignForLob("secret", webhook.body, std::stoll(webhook.lob_timestamp));
  EXPECT_EQ(webhook.lob_signature, expected[0].second);
}

TEST_F(Sender, TriesAgainWhenNobodyAnswers) {
  std::string url;
  {
    Receiver gone;
    url = gone.url();
  }
  WebhookSender sender(Quick(), knobs_, attempts_);
  sender.SetEndpoint({url, "secret", {}});
  sender.Enqueue({"evt_1", "t", "{}"});
  const Json attempts = Attempts(3);
  ASSERT_GE(attempts.size(), 3u);
  EXPECT_EQ(attempts[0]["status"], nullptr);
  EXPECT_EQ(attempts[2]["attempt"], 3);
}

TEST_F(Sender, TellsOnceThatItIsDelivered) {
  Receiver receiver({503});
  WebhookSender sender(Quick(), knobs_, attempts_);
  Records delivered(10);
  sender.OnDelivered([&](const std::string& id) { delivered.Add({{"id", id}}); });
  sender.SetEndpoint({receiver.url(), "secret", {}});
  sender.Enqueue({"evt_1", "t", "{}"});
  const auto any = [](const Json&) { return true; };
  EXPECT_EQ(delivered.List(any, 1, milliseconds(10'000)).size(), 1u);
  EXPECT_EQ(Attempts(2).size(), 2u);
}

TEST_F(Sender, SendsOnlyWhatTheEndpointWants) {
  Receiver receiver;
  WebhookSender sender(Quick(), knobs_, attempts_);
  EXPECT_FALSE(sender.Wants("a"));
  sender.SetEndpoint({receiver.url(), "secret", {"a"}});
  EXPECT_TRUE(sender.Wants("a"));
  EXPECT_FALSE(sender.Wants("b"));
}

TEST_F(Sender, ObeysKnobs) {
  Receiver receiver;
  WebhookSender sender(Quick(), knobs_, attempts_);
  sender.SetEndpoint({receiver.url(), "secret", {}});
  knobs_.Set(*Knobs::Parse({{"operation", "lob.webhook"}, {"fail_status", 500}}));
  sender.Enqueue({"evt_1", "t", "{}"});
  receiver.WaitFor(1);
  const Json attempts = Attempts(2);
  ASSERT_EQ(attempts.size(), 2u);
  EXPECT_EQ(attempts[0]["error"], "failed by a knob");
  EXPECT_EQ(attempts[1]["attempt"], 2);
}

TEST_F(Sender, ObeysTheKnobsOfTheEventsMoment) {
  Receiver receiver;
  WebhookSender::Options options = Quick();
  options.workers = 1;
  WebhookSender sender(options, knobs_, attempts_);
  sender.SetEndpoint({receiver.url(), "secret", {}});
  knobs_.Set(
      *Knobs::Parse({{"operation", "lob.webhook"}, {"where", {{"type", "held"}}}, {"hold", true}}));
  sender.Enqueue({"evt_1", "held", "{}"});
  ASSERT_EQ(knobs_.WaitUntilHeld("lob.webhook", 1, milliseconds(10'000)), 1);
  const uint64_t drop = knobs_.Set(*Knobs::Parse(
      {{"operation", "lob.webhook"}, {"where", {{"type", "dropped"}}}, {"drop", true}}));
  sender.Enqueue({"evt_2", "dropped", "{}"});
  knobs_.ReleaseOne(drop);  // before the one worker comes to it
  knobs_.Release("");
  const Json attempts = Attempts(2);
  ASSERT_EQ(attempts.size(), 2u);
  EXPECT_EQ(attempts[1]["error"], "dropped by a knob");
  EXPECT_EQ(receiver.WaitFor(1).size(), 1u);
}

TEST_F(Sender, DoesNotWaitForPausesWhenItStops) {
  Receiver receiver({500});
  WebhookSender::Options options = Quick();
  options.retry_base = options.retry_max = std::chrono::hours(1);
  WebhookSender sender(options, knobs_, attempts_);
  sender.SetEndpoint({receiver.url(), "secret", {}});
  sender.Enqueue({"evt_1", "t", "{}"});
  EXPECT_EQ(Attempts(1)[0]["status"], 500);
  sender.Stop();  // would not return for an hour
}

}  // namespace
}  // namespace fsft::sandbox
