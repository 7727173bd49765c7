#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sandbox/testing.h"

namespace fsft::sandbox {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using testing::Reply;
using ::testing::UnorderedElementsAre;

constexpr char kCompleted[] = "checkout.session.completed";

void PaySilently(Bench& bench) {
  bench.Control("POST", "/stripe/pay/" + bench.NewSession(), {{"deliver", false}});
}

std::vector<std::string> Listed(Bench& bench, const std::string& query) {
  std::vector<std::string> types;
  const Reply reply = bench.Stripe("GET", "/v1/events?" + query);
  EXPECT_EQ(reply.status, 200) << reply.body;
  for (const Json& event : reply.body["data"]) types.push_back(event["type"]);
  return types;
}

TEST(StripeEvents, AreListedNewestFirstWhetherDeliveredOrNot) {
  Bench bench;
  PaySilently(bench);
  EXPECT_THAT(Listed(bench, ""),
              ElementsAre(kCompleted, "payment_intent.succeeded", "charge.succeeded"));
}

TEST(StripeEvents, AreListedByTypesAndGroupsOfTypes) {
  Bench bench;
  PaySilently(bench);
  EXPECT_THAT(Listed(bench, "type=charge.succeeded"), ElementsAre("charge.succeeded"));
  EXPECT_THAT(Listed(bench, "type=charge.*"), ElementsAre("charge.succeeded"));
  EXPECT_THAT(Listed(bench, "types[]=charge.succeeded&types[]=checkout.session.completed"),
              UnorderedElementsAre(kCompleted, "charge.succeeded"));
  EXPECT_EQ(bench.Stripe("GET", "/v1/events?type=a&types[]=b").status, 400);
}

TEST(StripeEvents, AreReadPageByPage) {
  Bench bench;
  for (int i = 0; i < 3; ++i) PaySilently(bench);
  std::string query = "limit=2&types[]=checkout.session.completed";
  const Json first = bench.Stripe("GET", "/v1/events?" + query).body;
  EXPECT_EQ(first["data"].size(), 2u);
  EXPECT_EQ(first["has_more"], true);
  query += "&starting_after=" + first["data"][1]["id"].get<std::string>();
  const Json second = bench.Stripe("GET", "/v1/events?" + query).body;
  EXPECT_EQ(second["data"].size(), 1u);
  EXPECT_EQ(second["has_more"], false);
}

TEST(StripeEvents, AreListedByTheirTime) {
  Bench bench;
  PaySilently(bench);
  const int64_t created = bench.Stripe("GET", "/v1/events").body["data"][0]["created"];
  bench.Control("POST", "/clock", {{"advance_seconds", 3600}});
  PaySilently(bench);
  const std::string later = std::to_string(created + 1800);
  EXPECT_EQ(Listed(bench, "created[gte]=" + later).size(), 3u);
  EXPECT_EQ(Listed(bench, "created[lt]=" + later).size(), 3u);
  EXPECT_EQ(Listed(bench, "created[gte]=" + later + "&created[lt]=" + later).size(), 0u);
}

TEST(StripeEvents, AreForgottenAfterThirtyDays) {
  Bench bench;
  PaySilently(bench);
  bench.Control("POST", "/clock", {{"advance_seconds", 30 * 24 * 3600 - 60}});
  EXPECT_EQ(Listed(bench, std::string("type=") + kCompleted).size(), 1u);
  bench.Control("POST", "/clock", {{"advance_seconds", 120}});
  EXPECT_EQ(Listed(bench, std::string("type=") + kCompleted).size(), 0u);
}

}  // namespace
}  // namespace fsft::sandbox
