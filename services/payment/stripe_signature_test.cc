#include "services/payment/stripe_signature.h"

#include <gtest/gtest.h>

#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

const std::string kPayload = R"({"id":"evt_1"})";
const std::string kSecret = "whsec_first";
constexpr int64_t kNow = 1'700'000'000;

std::string Signature(int64_t at, const std::string& secret = kSecret,
                      const std::string& payload = kPayload) {
  return crypto::HexEncode(crypto::HmacSha256(secret, std::to_string(at) + "." + payload));
}

std::string Header(int64_t at, const std::string& secret = kSecret) {
  return "t=" + std::to_string(at) + ",v1=" + Signature(at, secret);
}

absl::Status Verify(const std::string& header, std::vector<std::string> secrets = {kSecret}) {
  std::vector<config::Secret> kept;
  for (std::string& secret : secrets) kept.emplace_back(std::move(secret));
  return VerifyStripeSignature(kPayload, header, kept, time::TimePoint(std::chrono::seconds(kNow)));
}

TEST(StripeSignature, AcceptsWhatStripeSigned) { EXPECT_TRUE(Verify(Header(kNow)).ok()); }

TEST(StripeSignature, AcceptsEitherSecretDuringARotation) {
  EXPECT_TRUE(Verify(Header(kNow, "whsec_second"), {kSecret, "whsec_second"}).ok());
  EXPECT_TRUE(Verify(Header(kNow), {"whsec_second", kSecret}).ok());
}

TEST(StripeSignature, AcceptsAnyOfSeveralSignatures) {
  EXPECT_TRUE(Verify("t=1700000000,v1=" + std::string(64, '0') + ",v1=" + Signature(kNow)).ok());
}

TEST(StripeSignature, AcceptsAGoodSecretBesideAnEmptyOne) {
  EXPECT_TRUE(Verify(Header(kNow), {"", kSecret}).ok());
}

TEST(StripeSignature, AcceptsUpToFiveMinutesEitherWay) {
  EXPECT_TRUE(Verify(Header(kNow - 300)).ok());
  EXPECT_TRUE(Verify(Header(kNow + 300)).ok());
}

struct Refusal {
  const char* name;
  std::string header;
  std::vector<std::string> secrets = {kSecret};
};

class RefusedSignatures : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedSignatures, AreInvalidArgument) {
  const absl::Status status = Verify(GetParam().header, GetParam().secrets);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(rpc::DetailOf(status).reason(), "invalid_signature");
}

INSTANTIATE_TEST_SUITE_P(
    StripeSignature, RefusedSignatures,
    testing::Values(
        Refusal{"Missing", ""}, Refusal{"Nonsense", "hello"},
        Refusal{"NoTime", "v1=" + Signature(kNow)}, Refusal{"NoSignature", "t=1700000000"},
        Refusal{"TimeWithALetter", "t=1700000000x,v1=" + Signature(kNow)},
        Refusal{"HugeTime", "t=99999999999999999999,v1=" + Signature(kNow)},
        Refusal{"LargestTime", "t=9223372036854775807,v1=" + Signature(9223372036854775807)},
        Refusal{"Partial", "t=1700000000,v1=" + Signature(kNow).substr(0, 32)},
        Refusal{"OtherPayload", "t=1700000000,v1=" + Signature(kNow, kSecret, "{}")},
        Refusal{"OtherTime", "t=1700000001,v1=" + Signature(kNow)},
        Refusal{"OtherSecret", Header(kNow, "whsec_other")},
        Refusal{"SeveralAndNoneMatches",
                "t=1700000000,v1=" + Signature(kNow, "whsec_other") + ",v1=" + Signature(kNow - 1)},
        Refusal{"EmptySignature", "t=1700000000,v1="},
        Refusal{"OldScheme", "t=1700000000,v0=" + Signature(kNow)},
        Refusal{"TooOld", Header(kNow - 301)}, Refusal{"TooFarAhead", Header(kNow + 301)},
        Refusal{"EmptySecret", Header(kNow, ""), {""}}, Refusal{"NoSecret", Header(kNow), {}}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace fsft::payment
