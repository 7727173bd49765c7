#include "services/fulfillment/sealed_pdf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared/crypto/digest.h"

namespace fsft::fulfillment {
namespace {

constexpr char kPayment[] = "0191a2b3-0000-7000-8000-000000000001";
constexpr char kOther[] = "0191a2b3-0000-7000-8000-000000000002";

std::shared_ptr<const crypto::KeyRing> Ring(char digit) {
  const std::string key(64, digit);
  return *crypto::KeyRing::Parse("wrap:w:" + key + "\nlookup:l:" + key + "\ntoken:t:" + key + "\n");
}

TEST(SealedPdf, OpensToWhatWasSealed) {
  const SealedPdf sealed = SealPdf(*Ring('1'), kPayment, "%PDF letter");
  EXPECT_EQ(sealed.sha256, crypto::Sha256("%PDF letter"));
  EXPECT_THAT(sealed.sealed, ::testing::Not(::testing::HasSubstr("letter")));
  EXPECT_EQ(*OpenPdf(*Ring('1'), kPayment, sealed), "%PDF letter");
}

TEST(SealedPdf, DoesNotOpenForAnotherPayment) {
  const SealedPdf sealed = SealPdf(*Ring('1'), kPayment, "%PDF letter");
  EXPECT_FALSE(OpenPdf(*Ring('1'), kOther, sealed).ok());
}

TEST(SealedPdf, DoesNotOpenWithAnotherRingOrWhenChanged) {
  SealedPdf sealed = SealPdf(*Ring('1'), kPayment, "%PDF letter");
  EXPECT_FALSE(OpenPdf(*Ring('2'), kPayment, sealed).ok());
  sealed.sha256[0] ^= 1;
  EXPECT_EQ(OpenPdf(*Ring('1'), kPayment, sealed).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace fsft::fulfillment
