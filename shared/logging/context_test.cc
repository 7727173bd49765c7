#include "shared/logging/context.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "shared/ids/uuid.h"

namespace fsft::logging {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kIncoming = "00-" + kTrace + "-00f067aa0ba902b7-01";

TEST(ScopedContext, IsCurrentUntilItsEnd) {
  EXPECT_EQ(Current().request_id, "");
  {
    const ScopedContext outer({"outer", kIncoming});
    {
      const ScopedContext inner({"inner", ""});
      EXPECT_EQ(Current().request_id, "inner");
    }
    EXPECT_EQ(Current().request_id, "outer");
    EXPECT_EQ(Current().traceparent, kIncoming);
  }
  EXPECT_EQ(Current().request_id, "");
}

TEST(ScopedContext, BelongsToItsThread) {
  const ScopedContext mine({"mine", ""});
  std::string seen = "unset";
  std::jthread([&seen] { seen = Current().request_id; }).join();
  EXPECT_EQ(seen, "");
}

TEST(SetPaymentId, HoldsUntilTheEndOfTheScopeThatItWasSetIn) {
  SetPaymentId("of nobody");
  EXPECT_EQ(Current().payment_id, "");
  const ScopedContext outer({"outer", ""});
  {
    const ScopedContext inner({"inner", ""});
    SetPaymentId("p1");
    SetPaymentId("");
    EXPECT_EQ(Current().payment_id, "p1");
  }
  EXPECT_EQ(Current().payment_id, "");
}

TEST(ForOrder, HasTheOrdersOwnTraceAndTheRequestIdOfTheStep) {
  const ScopedContext step({"step", kIncoming});
  const Context order = ForOrder("0193a000-0000-7000-8000-00000000000a");
  EXPECT_EQ(order.request_id, "step");
  EXPECT_EQ(order.payment_id, "0193a000-0000-7000-8000-00000000000a");
  EXPECT_EQ(TraceId(order.traceparent), "0193a00000007000800000000000000a");
  const std::string other = ForOrder(order.payment_id).traceparent;
  EXPECT_EQ(TraceId(other), TraceId(order.traceparent));
  EXPECT_NE(other, order.traceparent) << "a span of its own";
}

TEST(NewRequestId, IsAnIdThatWeWouldTakeOver) {
  const std::string id = NewRequestId();
  EXPECT_TRUE(ids::IsUuid(id));
  EXPECT_TRUE(IsRequestId(id));
  EXPECT_NE(id, NewRequestId());
}

TEST(IsRequestId, RefusesSentences) {
  EXPECT_TRUE(IsRequestId("req_1.A-b"));
  EXPECT_TRUE(IsRequestId(std::string(128, 'x')));
  EXPECT_FALSE(IsRequestId(std::string(129, 'x')));
  for (const char* text : {"", "two words", "line\n", "\"", "é"}) {
    EXPECT_FALSE(IsRequestId(text)) << text;
  }
}

TEST(ContinueTraceparent, KeepsTraceAndFlagsAndTakesANewSpan) {
  const std::string next = ContinueTraceparent(kIncoming);
  EXPECT_EQ(TraceId(next), kTrace);
  EXPECT_EQ(next.substr(53), "01");
  EXPECT_NE(next.substr(36, 16), kIncoming.substr(36, 16));
}

TEST(ContinueTraceparent, ReadsLaterVersionsAsFarAsItKnowsThem) {
  EXPECT_EQ(TraceId(ContinueTraceparent("01-" + kTrace + "-00f067aa0ba902b7-01-more")), kTrace);
}

TEST(ContinueTraceparent, BeginsATraceWhenThereIsNoValidOne) {
  const std::string zeros(32, '0');
  for (const std::string& incoming : {
           std::string(),
           std::string("garbage"),
           "ff-" + kTrace + "-00f067aa0ba902b7-01",
           "00-" + zeros + "-00f067aa0ba902b7-01",
           "00-" + kTrace + "-0000000000000000-01",
           "00-" + kTrace + "-00F067AA0BA902B7-01",
           "00-" + kTrace + "-00f067aa0ba902b7-01-more",
           "01-" + kTrace + "-00f067aa0ba902b7-01more",
           "00-" + kTrace + "-00f067aa0ba902b7-0",
           "00_" + kTrace + "-00f067aa0ba902b7-01",
       }) {
    EXPECT_EQ(TraceId(incoming), "") << incoming;
    const std::string fresh = ContinueTraceparent(incoming);
    EXPECT_EQ(TraceId(fresh).size(), 32u) << incoming;
    EXPECT_NE(TraceId(fresh), kTrace) << incoming;
    EXPECT_NE(fresh, ContinueTraceparent(incoming));
  }
}

}  // namespace
}  // namespace fsft::logging
