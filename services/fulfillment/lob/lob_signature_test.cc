#include "services/fulfillment/lob/lob_signature.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::fulfillment {
namespace {

const std::string kPayload = R"({"id":"evt_1"})";
const std::string kSecret = "first";
constexpr int64_t kNow = 1'700'000'000;

std::string Signature(const std::string& timestamp, const std::string& secret = kSecret,
                      const std::string& payload = kPayload) {
  return crypto::HexEncode(crypto::HmacSha256(secret, timestamp + "." + payload));
}

std::string InCapitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), ::toupper);
  return text;
}

struct Case {
  const char* name;
  std::string timestamp;
  std::string signature;
  std::vector<std::string> secrets = {kSecret};
};

// Signed at that time, as Lob would.
Case At(const char* name, const std::string& timestamp) {
  return {name, timestamp, Signature(timestamp)};
}

absl::Status Verify(const Case& tried) {
  std::vector<config::Secret> secrets;
  for (const std::string& secret : tried.secrets) secrets.emplace_back(secret);
  return VerifyLobSignature(kPayload, tried.signature, tried.timestamp, secrets,
                            time::TimePoint(std::chrono::seconds(kNow)));
}

std::string NameOf(const testing::TestParamInfo<Case>& info) { return info.param.name; }

class AcceptedSignatures : public testing::TestWithParam<Case> {};
TEST_P(AcceptedSignatures, AreOk) { EXPECT_TRUE(Verify(GetParam()).ok()) << Verify(GetParam()); }

const std::string kAt = std::to_string(kNow);

INSTANTIATE_TEST_SUITE_P(
    LobSignature, AcceptedSignatures,
    testing::Values(At("Seconds", kAt), At("Milliseconds", kAt + "123"),
                    At("FiveMinutesOld", std::to_string(kNow - 300)),
                    At("FiveMinutesAhead", std::to_string(kNow + 300)),
                    At("FiveMinutesOldInMilliseconds", std::to_string(kNow - 300) + "000"),
                    At("FiveMinutesAheadInMilliseconds", std::to_string(kNow + 300) + "999"),
                    // Hexadecimal digits of either case are the same bytes.
                    Case{"Capitals", kAt, InCapitals(Signature(kAt))},
                    Case{"TheSecondSecret", kAt, Signature(kAt, "second"), {kSecret, "second"}},
                    Case{"TheFirstSecret", kAt, Signature(kAt), {kSecret, "second"}},
                    Case{"BesideAnEmptySecret", kAt, Signature(kAt), {"", kSecret}}),
    NameOf);

class RefusedSignatures : public testing::TestWithParam<Case> {};
TEST_P(RefusedSignatures, AreInvalidArgument) {
  const absl::Status status = Verify(GetParam());
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(rpc::DetailOf(status).reason(), "invalid_signature");
}

INSTANTIATE_TEST_SUITE_P(
    LobSignature, RefusedSignatures,
    testing::Values(
        Case{"NoSignature", kAt, ""}, Case{"NoTimestamp", "", Signature("")},
        Case{"Neither", "", ""}, Case{"Nonsense", kAt, "hello"},
        Case{"Partial", kAt, Signature(kAt).substr(0, 32)},
        Case{"OneDigitLess", kAt, Signature(kAt).substr(1)},
        Case{"Longer", kAt, Signature(kAt) + "00"},
        Case{"Twice", kAt, Signature(kAt) + Signature(kAt)},
        Case{"WithASpace", kAt, " " + Signature(kAt)},
        Case{"InBase64", kAt,
             crypto::Base64Encode(crypto::HmacSha256(kSecret, kAt + "." + kPayload))},
        Case{"OtherPayload", kAt, Signature(kAt, kSecret, "{}")},
        Case{"PayloadAlone", kAt, crypto::HexEncode(crypto::HmacSha256(kSecret, kPayload))},
        Case{"OtherTime", std::to_string(kNow + 1), Signature(kAt)},
        // The text that was signed counts, not the time that it stands for.
        Case{"SameTimeInMilliseconds", kAt + "000", Signature(kAt)},
        Case{"OtherSecret", kAt, Signature(kAt, "other")},
        Case{"NoneOfSeveral", kAt, Signature(kAt, "other"), {kSecret, "second"}},
        Case{"EmptySecret", kAt, Signature(kAt, ""), {""}},
        Case{"NoSecret", kAt, Signature(kAt), {}}, At("TooOld", std::to_string(kNow - 301)),
        At("TooFarAhead", std::to_string(kNow + 301)),
        At("TooOldInMilliseconds", std::to_string(kNow - 301) + "999"),
        At("TooFarAheadInMilliseconds", std::to_string(kNow + 301) + "000"),
        At("InMicroseconds", kAt + "000000"), At("Zero", "0"), At("Negative", "-" + kAt),
        At("WithASign", "+" + kAt), At("WithALetter", kAt + "x"), At("WithAFraction", kAt + ".5"),
        At("Huge", "99999999999999999999"), At("Largest", "9223372036854775807")),
    NameOf);

}  // namespace
}  // namespace fsft::fulfillment
