#include <gtest/gtest.h>

#include "shared/time/clock.h"
#include "tests/sandbox/testing.h"

namespace fsft::sandbox {
namespace {

using testing::Bench;
using testing::Reply;
using testing::SessionForm;
using testing::With;
using testing::Without;

constexpr const char* kSessions = "/v1/checkout/sessions";

std::string InSeconds(int64_t seconds) {
  return std::to_string(time::UnixSeconds(time::SystemClock().Now()) + seconds);
}

std::vector<std::string> Ids(const Reply& list) {
  std::vector<std::string> ids;
  for (const Json& object : list.body["data"]) ids.push_back(object["id"]);
  return ids;
}

TEST(StripeSessions, AreCreatedAndReadBack) {
  Bench bench;
  const Reply created = bench.Stripe("POST", kSessions, SessionForm());
  ASSERT_EQ(created.status, 200) << created.body.dump(2);
  const Json& session = created.body;
  const std::string id = session["id"];
  EXPECT_TRUE(id.starts_with("cs_test_"));
  EXPECT_EQ(session["url"], bench.url("/pay/" + id));
  EXPECT_EQ(session["amount_total"], 1989);
  EXPECT_EQ(session["currency"], "usd");
  EXPECT_EQ(session["status"], "open");
  EXPECT_EQ(session["payment_status"], "unpaid");
  EXPECT_EQ(session["livemode"], false);
  EXPECT_EQ(session["payment_intent"], nullptr);
  EXPECT_EQ(session["customer_details"], nullptr);
  EXPECT_EQ(session["client_reference_id"], "payment-1");
  EXPECT_EQ(session["metadata"], Json::parse(R"({"payment_id":"payment-1","v":"1"})"));
  EXPECT_EQ(created.Header("Stripe-Version"), "2026-10-28.endive");
  EXPECT_EQ(bench.Stripe("GET", std::string(kSessions) + "/" + id).body, session);
}

struct Wrong {
  const char* name;
  const char* value;
  const char* param;  // that the error names
  const char* code;   // empty: none
};

TEST(StripeSessions, AreRefusedAsStripeRefusesThem) {
  Bench bench;
  const Wrong kWrong[] = {
      {"nonsense", "1", "nonsense", "parameter_unknown"},
      {"payment_method_types[0]", "card", "payment_method_types", "parameter_unknown"},
      {"line_items[0][price_data][cost]", "1", "line_items[0][price_data][cost]",
       "parameter_unknown"},
      {"mode", "gift", "mode", ""},
      {"line_items[0][price_data][unit_amount]", "19.89", "line_items[0][price_data][unit_amount]",
       "parameter_invalid_integer"},
      {"line_items[0][price_data][unit_amount]", "-1", "line_items[0][price_data][unit_amount]",
       "parameter_invalid_integer"},
      {"line_items[0][price_data][currency]", "usb", "line_items[0][price_data][currency]", ""},
      {"success_url", "shop.test", "success_url", "url_invalid"},
      {"success_url", "", "success_url", "parameter_invalid_empty"},
      {"cancel_url", "ftp://shop.test", "cancel_url", "url_invalid"},
      {"expires_at", "soon", "expires_at", "parameter_invalid_integer"},
      {"adaptive_pricing[enabled]", "maybe", "adaptive_pricing[enabled]", ""},
  };
  for (const Wrong& wrong : kWrong) {
    const Reply reply =
        bench.Stripe("POST", kSessions, With(SessionForm(), wrong.name, wrong.value));
    const Json& error = reply.body["error"];
    EXPECT_EQ(reply.status, 400) << wrong.name;
    EXPECT_EQ(error["type"], "invalid_request_error") << wrong.name;
    EXPECT_EQ(error.value("param", ""), wrong.param);
    EXPECT_EQ(error.value("code", ""), wrong.code) << wrong.name;
  }
}

TEST(StripeSessions, NeedEveryRequiredParameter) {
  Bench bench;
  for (const char* name : {"mode", "success_url", "line_items[0][price_data][currency]",
                           "line_items[0][quantity]", "line_items[0][price_data][unit_amount]",
                           "line_items[0][price_data][product_data][name]"}) {
    const Reply reply = bench.Stripe("POST", kSessions, Without(SessionForm(), name));
    EXPECT_EQ(reply.status, 400) << name;
    EXPECT_EQ(reply.body["error"].value("code", ""), "parameter_missing") << name;
  }
}

TEST(StripeSessions, ExpireBetweenHalfAnHourAndADay) {
  Bench bench;
  const auto status = [&](int64_t seconds) {
    return bench.Stripe("POST", kSessions, With(SessionForm(), "expires_at", InSeconds(seconds)))
        .status;
  };
  EXPECT_EQ(status(1700), 400);
  EXPECT_EQ(status(1810), 200);
  EXPECT_EQ(status(86390), 200);
  EXPECT_EQ(status(86500), 400);
}

TEST(StripeSessions, AreListedNewestFirstAndByPage) {
  Bench bench;
  const std::string first = bench.NewSession();
  const std::string second = bench.NewSession();
  const std::string third = bench.NewSession();
  const std::string list = std::string(kSessions) + "?created[gte]=" + InSeconds(-60);
  const Reply page = bench.Stripe("GET", list + "&limit=2");
  EXPECT_EQ(Ids(page), (std::vector{third, second}));
  EXPECT_EQ(page.body["has_more"], true);
  const Reply rest = bench.Stripe("GET", list + "&starting_after=" + second);
  EXPECT_EQ(Ids(rest), (std::vector{first}));
  EXPECT_EQ(rest.body["has_more"], false);
  const Reply back = bench.Stripe("GET", list + "&limit=1&ending_before=" + first);
  EXPECT_EQ(Ids(back), (std::vector{second}));
  EXPECT_EQ(back.body["has_more"], true);
  EXPECT_TRUE(
      Ids(bench.Stripe("GET", std::string(kSessions) + "?created[gte]=" + InSeconds(60))).empty());
}

TEST(StripeSessions, ListRefusesAWrongCursorOrLimit) {
  Bench bench;
  EXPECT_EQ(bench.Stripe("GET", std::string(kSessions) + "?starting_after=cs_test_none").status,
            404);
  EXPECT_EQ(bench.Stripe("GET", std::string(kSessions) + "?limit=101").status, 400);
  EXPECT_EQ(bench.Stripe("GET", std::string(kSessions) + "?sort=up").status, 400);
}

TEST(StripeSessions, ExpireOnceByCall) {
  Bench bench;
  const std::string path = std::string(kSessions) + "/" + bench.NewSession() + "/expire";
  const Reply expired = bench.Stripe("POST", path);
  EXPECT_EQ(expired.body["status"], "expired");
  EXPECT_EQ(expired.body["url"], nullptr);
  EXPECT_EQ(bench.Stripe("POST", path).status, 400);
  const Reply events = bench.Stripe("GET", "/v1/events?type=checkout.session.expired");
  EXPECT_EQ(events.body["data"].size(), 1u);
}

TEST(StripeSessions, ExpireByTime) {
  Bench bench;
  const std::string id = bench.NewSession();
  bench.Control("POST", "/clock", {{"advance_seconds", 23 * 3600 + 1}});
  EXPECT_EQ(bench.Stripe("GET", std::string(kSessions) + "/" + id).body["status"], "expired");
  EXPECT_EQ(bench.Stripe("GET", "/v1/events?type=checkout.session.expired").body["data"].size(),
            1u);
}

TEST(StripeSessions, NeedATestKey) {
  Bench bench;
  EXPECT_EQ(bench.Get(kSessions).status, 401);
  EXPECT_EQ(bench.Get(kSessions, "Bearer sk_live_0123456789").status, 401);
  EXPECT_EQ(bench.Get(kSessions, "Bearer sk_test_0123456789").status, 200);
  const std::string basic = http::BasicAuthorization("sk_test_0123456789", "");
  EXPECT_EQ(bench.Get(kSessions, basic).status, 200);
}

TEST(StripeSessions, AreRefusedToAKeyThatWasReplaced) {
  Bench bench;
  bench.Control("POST", "/stripe/accept_only", {{"key", "sk_test_the_new_one"}});
  EXPECT_EQ(bench.Get(kSessions, "Bearer sk_test_0123456789").status, 401);
  EXPECT_EQ(bench.Get(kSessions, "Bearer sk_test_the_new_one").status, 200);
}

TEST(StripeSessions, AreUnknownByAnotherId) {
  Bench bench;
  const Reply reply = bench.Stripe("GET", std::string(kSessions) + "/cs_test_none");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body["error"]["code"], "resource_missing");
  EXPECT_EQ(bench.Stripe("GET", "/v1/nothing").status, 404);
}

}  // namespace
}  // namespace fsft::sandbox
