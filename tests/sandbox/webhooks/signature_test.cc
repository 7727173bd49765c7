#include "tests/sandbox/webhooks/signature.h"

#include <gtest/gtest.h>

namespace fsft::sandbox {
namespace {

// The expected digests were computed with Python's hmac, apart from our code.
TEST(Signature, IsStripes) {
  const Headers headers = SignForStripe("whsec_test", R"({"id":"evt_1"})", 1'700'000'000);
  ASSERT_EQ(headers.size(), 1u);
  EXPECT_EQ(headers[0].first, "Stripe-Signature");
  EXPECT_TRUE(headers[0].second.starts_with(
      "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925,v0="))
      << headers[0].second;
}

TEST(Signature, IsLobs) {
  EXPECT_EQ(SignForLob("secret", "{}", 1'700'000'000),
            (Headers{{"Lob-Signature",
                      "b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163"},
                     {"Lob-Signature-Timestamp", "1700000000"}}));
}

}  // namespace
}  // namespace fsft::sandbox
