#include "services/intake/sealing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/intake/access_token.h"
#include "shared/crypto/digest.h"

namespace fsft::intake {
namespace {

using fightsftickets::intake::v1::Submission;
using testing::HasSubstr;
using testing::Not;

constexpr char kIntake[] = "0193a000-0000-7000-8000-00000000000a";
constexpr char kOther[] = "0193a000-0000-7000-8000-00000000000c";
constexpr char kDraft[] = "0193a000-0000-7000-8000-00000000000b";

std::shared_ptr<const crypto::KeyRing> Keys() {
  const std::string hex(64, 'a'), other_hex(64, 'b');
  return *crypto::KeyRing::Parse("wrap:w1:" + hex + "\nlookup:l1:" + hex + "\ntoken:t2:" + hex +
                                 "\ntoken:t1:" + other_hex + "\n");
}

Submission Appeal() {
  Submission submission;
  submission.mutable_sender()->set_name("Jordan Doe");
  submission.mutable_sender()->set_email("Jordan@Example.com");
  submission.mutable_citation()->set_number("912345678");
  submission.set_letter_text("The meter was broken.");
  return submission;
}

TEST(Sealing, GivesBackWhatItSealed) {
  const auto keys = Keys();
  const SealedAppeal sealed = SealAppeal(Appeal(), kIntake, kDraft, *keys);
  EXPECT_EQ(OpenPerson(sealed.person.person, kIntake, sealed.data_key, *keys)->sender().name(),
            "Jordan Doe");
  auto bytes = OpenSubmission(sealed.draft.submission, kIntake, kDraft, sealed.data_key, *keys);
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(crypto::Sha256(*bytes), sealed.draft.content_sha256);
  Submission opened;
  ASSERT_TRUE(opened.ParseFromString(*bytes));
  EXPECT_EQ(opened.letter_text(), "The meter was broken.");
}

TEST(Sealing, LeavesNothingPersonalReadable) {
  const SealedAppeal sealed = SealAppeal(Appeal(), kIntake, kDraft, *Keys());
  for (const std::string& stored : {sealed.person.person, sealed.draft.submission,
                                    sealed.data_key.bytes, sealed.person.citation_hmac}) {
    EXPECT_THAT(stored, Not(HasSubstr("Jordan")));
    EXPECT_THAT(stored, Not(HasSubstr("912345678")));
    EXPECT_THAT(stored, Not(HasSubstr("meter")));
  }
}

TEST(Sealing, DoesNotOpenInAnotherRow) {
  const auto keys = Keys();
  const SealedAppeal sealed = SealAppeal(Appeal(), kIntake, kDraft, *keys);
  EXPECT_FALSE(OpenPerson(sealed.person.person, kOther, sealed.data_key, *keys).ok());
  EXPECT_FALSE(
      OpenSubmission(sealed.draft.submission, kIntake, kOther, sealed.data_key, *keys).ok());
}

TEST(Sealing, FindsAnEmailInAnyCaseAndNeverTakesItForACitation) {
  const auto keys = Keys();
  EXPECT_EQ(SealAppeal(Appeal(), kIntake, kDraft, *keys).person.email_hmac,
            LookupHmac(*keys, "email", "jordan@example.com"));
  EXPECT_NE(LookupHmac(*keys, "email", "x"), LookupHmac(*keys, "citation", "x"));
}

TEST(AccessToken, OpensItsIntakeAndNoOther) {
  const auto keys = Keys();
  const std::string token = AccessToken(*keys, kIntake, 1);
  EXPECT_EQ(token, AccessToken(*keys, kIntake, 1));
  EXPECT_TRUE(IsAccessToken(*keys, token, kIntake, 1));
  EXPECT_FALSE(IsAccessToken(*keys, token, kOther, 1));
}

TEST(AccessToken, IsRevokedByANewVersion) {
  const auto keys = Keys();
  EXPECT_FALSE(IsAccessToken(*keys, AccessToken(*keys, kIntake, 1), kIntake, 2));
}

TEST(AccessToken, OfAnOlderKeyStillOpens) {
  const auto keys = Keys();
  const auto older = *crypto::KeyRing::Parse("wrap:w1:" + std::string(64, 'a') +
                                             "\nlookup:l1:" + std::string(64, 'a') +
                                             "\ntoken:t1:" + std::string(64, 'b'));
  EXPECT_TRUE(IsAccessToken(*keys, AccessToken(*older, kIntake, 1), kIntake, 1));
}

TEST(AccessToken, RefusesWhatIsNone) {
  const auto keys = Keys();
  const std::string token = AccessToken(*keys, kIntake, 1);
  for (const std::string& wrong :
       {std::string(), std::string("."), std::string("t2."), std::string("t9") + token.substr(2),
        token + "x", token.substr(0, token.size() - 1), token.substr(3)}) {
    EXPECT_FALSE(IsAccessToken(*keys, wrong, kIntake, 1)) << wrong;
  }
}

}  // namespace
}  // namespace fsft::intake
