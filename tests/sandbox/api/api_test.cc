#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "tests/sandbox/testing.h"

namespace fsft::sandbox {
namespace {

using testing::Bench;
using testing::Reply;
using testing::SessionForm;
using testing::With;

constexpr const char* kSessions = "/v1/checkout/sessions";

Reply Create(Bench& bench, const std::string& key, const Fields& form) {
  return bench.Stripe("POST", kSessions, form, key);
}

TEST(StripeKeys, ReplayTheFirstAnswer) {
  Bench bench;
  const Fields form = SessionForm();
  const Reply first = Create(bench, "key", form);
  const Reply again = Create(bench, "key", form);
  EXPECT_EQ(first.Header("Idempotent-Replayed"), "");
  EXPECT_EQ(again.Header("Idempotent-Replayed"), "true");
  EXPECT_EQ(again.body, first.body);
  EXPECT_NE(again.Header("Request-Id"), first.Header("Request-Id"));
  EXPECT_NE(Create(bench, "other", form).body["id"], first.body["id"]);
}

TEST(StripeKeys, RefuseOtherParameters) {
  Bench bench;
  const Fields form = SessionForm();
  Create(bench, "key", form);
  const Reply other = Create(bench, "key", With(form, "client_reference_id", "payment-2"));
  EXPECT_EQ(other.status, 400);
  EXPECT_EQ(other.body["error"]["type"], "idempotency_error");
}

TEST(StripeKeys, AreFreeAgainAfterARefusal) {
  Bench bench;
  const Fields form = SessionForm();
  EXPECT_EQ(Create(bench, "key", With(form, "mode", "gift")).status, 400);
  EXPECT_EQ(Create(bench, "key", form).status, 200);
}

TEST(StripeKeys, KeepAStoredFailure) {
  Bench bench;
  const Fields form = SessionForm();
  bench.Control("POST", "/knobs", {{"operation", "stripe.sessions.create"}, {"fail_status", 500}});
  EXPECT_EQ(Create(bench, "key", form).status, 500);
  const Reply again = Create(bench, "key", form);
  EXPECT_EQ(again.status, 500);
  EXPECT_EQ(again.Header("Idempotent-Replayed"), "true");
  EXPECT_EQ(Create(bench, "other", form).status, 200);
}

TEST(StripeKeys, DoNotKeepAFailureThatIsNotStoredNorARateLimit) {
  Bench bench;
  const Fields form = SessionForm();
  bench.Control("POST", "/knobs",
                {{"operation", "stripe.*"}, {"fail_status", 503}, {"stored", false}});
  EXPECT_EQ(Create(bench, "key", form).status, 503);
  bench.Control(
      "POST", "/knobs",
      {{"operation", "stripe.*"}, {"fail_status", 429}, {"headers", {{"Retry-After", "7"}}}});
  const Reply limited = Create(bench, "key", form);
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.Header("Retry-After"), "7");
  EXPECT_EQ(Create(bench, "key", form).status, 200);
}

TEST(StripeKeys, TellThatTheFirstIsStillRunning) {
  Bench bench;
  const Fields form = SessionForm();
  bench.Control("POST", "/knobs",
                {{"operation", "stripe.sessions.create"}, {"hold", true}, {"point", "arrival"}});
  auto first = std::async(std::launch::async, [&] { return Create(bench, "key", form); });
  const std::string held = "/held?operation=stripe.sessions.create&at_least=1&timeout_ms=10000";
  EXPECT_EQ(bench.Control("GET", held)["held"], 1);
  const Reply second = Create(bench, "key", form);
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.Header("Stripe-Should-Retry"), "true");
  bench.Control("POST", "/release");
  EXPECT_EQ(first.get().status, 200);
}

TEST(Hold, KeepsOnlyTheAnswerBack) {
  Bench bench;
  const Fields form = SessionForm();
  bench.Control("POST", "/knobs",
                {{"operation", "stripe.sessions.create"}, {"hold", true}, {"times", 1}});
  auto first = std::async(std::launch::async, [&] { return Create(bench, "key", form); });
  const std::string held = "/held?operation=stripe.sessions.create&at_least=1&timeout_ms=10000";
  EXPECT_EQ(bench.Control("GET", held)["held"], 1);
  // The request is on record, the session exists, and a repeat finds it.
  const Json requests = bench.Control("GET", "/stripe/requests?operation=stripe.sessions.create");
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0]["status"], nullptr);
  EXPECT_EQ(bench.Control("GET", "/health")["sessions"], 1);
  const Reply repeat = Create(bench, "key", form);
  EXPECT_EQ(repeat.Header("Idempotent-Replayed"), "true");
  bench.Control("POST", "/release", {{"operation", "stripe.sessions.create"}});
  EXPECT_EQ(first.get().body["id"], repeat.body["id"]);
}

TEST(Hold, DoesNotKeepTheSandboxFromStopping) {
  Bench bench;
  bench.Control("POST", "/knobs", {{"operation", "stripe.*"}, {"hold", true}});
  auto held = std::async(std::launch::async, [&] { return Create(bench, "", SessionForm()); });
  EXPECT_EQ(bench.Control("GET",
                          "/held?operation=stripe.sessions.create&at_least=1&"
                          "timeout_ms=10000")["held"],
            1);
  bench.Stop();
  EXPECT_EQ(held.get().status, 200);
}

TEST(Failure, OnTheAnswerComesAfterTheWork) {
  Bench bench;
  bench.Control(
      "POST", "/knobs",
      {{"operation", "stripe.sessions.create"}, {"fail_status", 502}, {"point", "answer"}});
  const Fields form = SessionForm();
  EXPECT_EQ(Create(bench, "key", form).status, 502);
  EXPECT_EQ(bench.Control("GET", "/health")["sessions"], 1);
  EXPECT_EQ(Create(bench, "key", form).Header("Idempotent-Replayed"), "true");
}

TEST(Failure, OnTheAnswerMayBeAllThatAKeyEverShows) {
  Bench bench;
  bench.Control("POST", "/knobs",
                {{"operation", "stripe.sessions.create"},
                 {"fail_status", 500},
                 {"point", "answer"},
                 {"stored", true}});
  const Fields form = SessionForm();
  EXPECT_EQ(Create(bench, "key", form).status, 500);
  const Reply again = Create(bench, "key", form);
  EXPECT_EQ(again.status, 500);
  EXPECT_EQ(again.Header("Idempotent-Replayed"), "true");
  // Only the list tells that there is a session after all.
  const Json sessions = bench.Stripe("GET", kSessions).body["data"];
  ASSERT_EQ(sessions.size(), 1u);
  EXPECT_EQ(sessions[0]["client_reference_id"], "payment-1");
}

TEST(Delay, TakesItsTimeAtBothVendorsAndBothPoints) {
  Bench bench;
  const std::pair<const char*, const char*> kDelays[] = {{"stripe.events.list", "arrival"},
                                                         {"stripe.events.list", "answer"},
                                                         {"lob.letters.list", "arrival"},
                                                         {"lob.letters.list", "answer"}};
  for (const auto& [operation, point] : kDelays) {
    bench.Control("POST", "/knobs",
                  {{"operation", operation}, {"delay_ms", 20}, {"point", point}, {"times", 1}});
    const auto begun = std::chrono::steady_clock::now();
    const bool stripe = std::string(operation).starts_with("stripe");
    const Reply reply = stripe ? bench.Stripe("GET", "/v1/events") : bench.Lob("GET", "/letters");
    EXPECT_EQ(reply.status, 200);
    EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(20)) << point;
  }
}

TEST(Requests, AreRecordedAsTheyCame) {
  Bench bench;
  const Fields form = SessionForm();
  Create(bench, "key", form);
  const Json requests = bench.Control("GET", "/stripe/requests");
  ASSERT_EQ(requests.size(), 1u);
  const Json& request = requests[0];
  EXPECT_EQ(request["method"], "POST");
  EXPECT_EQ(request["path"], kSessions);
  EXPECT_EQ(request["status"], 200);
  EXPECT_EQ(request["raw_body"], http::FormEncode(form));
  EXPECT_EQ(request["form"]["metadata"], Json::parse(R"({"payment_id":"payment-1","v":"1"})"));
  EXPECT_EQ(request["form"]["line_items"][0]["price_data"]["unit_amount"], "1989");
  EXPECT_EQ(request["headers"]["idempotency-key"], "key");
  EXPECT_EQ(request["headers"]["authorization"], "Bearer sk_test_…");
}

TEST(Requests, AreNotRecordedWhenSwitchedOff) {
  Options options;
  options.record = false;
  Bench bench(options);
  Create(bench, "key", SessionForm());
  EXPECT_TRUE(bench.Control("GET", "/stripe/requests").empty());
  EXPECT_EQ(bench.Control("GET", "/health")["sessions"], 1);
}

TEST(Control, RefusesWhatItDoesNotUnderstand) {
  Bench bench;
  EXPECT_TRUE(bench.Control("POST", "/knobs", {{"operation", "x"}}).contains("error"));
  EXPECT_TRUE(bench.Control("POST", "/release", {{"operatoin", "x"}}).contains("error"));
  EXPECT_TRUE(bench.Control("GET", "/stripe/requests?timeout_ms=soon").contains("error"));
  EXPECT_TRUE(
      bench.Control("POST", "/stripe/deliver", {{"event_id", "evt_none"}}).contains("error"));
  EXPECT_TRUE(bench.Control("POST", "/stripe/endpoint", {{"url", "http://h"}}).contains("error"));
}

}  // namespace
}  // namespace fsft::sandbox
