#include "shared/crypto/envelope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace fsft::crypto {
namespace {

using absl::StatusCode;

const std::string kOld = "wrap:old:" + std::string(64, '1') + "\n";
const std::string kNew = "wrap:new:" + std::string(64, '2') + "\n";
const std::string kRest =
    "lookup:l:" + std::string(64, '3') + "\ntoken:t:" + std::string(64, '4') + "\n";

std::shared_ptr<const KeyRing> Ring(const std::string& wrap_lines) {
  return KeyRing::Parse(wrap_lines + kRest).value();
}

constexpr SealContext kContext{"intake.drafts", "letter", "draft-1"};

TEST(Envelope, OpensWhatItSealed) {
  const DataKey key = DataKey::New();
  const std::string text("Dear Sir\0or Madam", 17);
  EXPECT_EQ(key.Open(key.Seal(text, kContext), kContext).value(), text);
  EXPECT_EQ(key.Open(key.Seal("", kContext), kContext).value(), "");
}

TEST(Envelope, HidesTheText) {
  EXPECT_THAT(DataKey::New().Seal("Dear Sir or Madam", kContext),
              testing::Not(testing::HasSubstr("Dear")));
}

TEST(Envelope, RefusesTamperedText) {
  const DataKey key = DataKey::New();
  std::string sealed = key.Seal("Dear Sir or Madam", kContext);
  sealed.back() ^= 1;
  EXPECT_EQ(key.Open(sealed, kContext).status().code(), StatusCode::kDataLoss);
}

TEST(Envelope, RefusesATextFromAnotherPlace) {
  const DataKey key = DataKey::New();
  const std::string sealed = key.Seal("Dear Sir or Madam", kContext);
  for (const SealContext& other : {
           SealContext{"intake.intakes", "letter", "draft-1"},
           SealContext{"intake.drafts", "subject", "draft-1"},
           SealContext{"intake.drafts", "letter", "draft-2"},
           SealContext{"intake.draftsl", "etter", "draft-1"},  // the same bytes, cut elsewhere
           SealContext{"intake.drafts", "letterdraft-1", ""},
           SealContext{"", "", ""},
       }) {
    EXPECT_EQ(key.Open(sealed, other).status().code(), StatusCode::kDataLoss)
        << other.table << ' ' << other.column << ' ' << other.id;
  }
}

TEST(Envelope, RefusesAnotherDataKey) {
  EXPECT_EQ(DataKey::New().Open(DataKey::New().Seal("text", kContext), kContext).status().code(),
            StatusCode::kDataLoss);
}

TEST(Envelope, UnwrapsTheSameKey) {
  const auto ring = Ring(kNew);
  const DataKey key = DataKey::New();
  const std::string sealed = key.Seal("text", kContext);
  const WrappedKey wrapped = key.Wrap(*ring, "intake:1");
  EXPECT_EQ(wrapped.key_id, "new");
  const auto unwrapped = DataKey::Unwrap(*ring, wrapped, "intake:1");
  ASSERT_TRUE(unwrapped.ok()) << unwrapped.status();
  EXPECT_EQ(unwrapped->Open(sealed, kContext).value(), "text");
}

TEST(Envelope, UnwrapsOldKeysAfterARotationAndWrapsWithTheNew) {
  const DataKey key = DataKey::New();
  const std::string sealed = key.Seal("text", kContext);
  const WrappedKey before = key.Wrap(*Ring(kOld), "intake:1");
  const auto rotated = Ring(kNew + kOld);
  const DataKey unwrapped = DataKey::Unwrap(*rotated, before, "intake:1").value();
  const WrappedKey after = unwrapped.Wrap(*rotated, "intake:1");
  EXPECT_EQ(after.key_id, "new");
  EXPECT_EQ(DataKey::Unwrap(*Ring(kNew), after, "intake:1")->Open(sealed, kContext).value(),
            "text");
}

TEST(Envelope, SaysThatTheRingLacksTheKey) {
  const WrappedKey wrapped = DataKey::New().Wrap(*Ring(kOld), "intake:1");
  const absl::Status status = DataKey::Unwrap(*Ring(kNew), wrapped, "intake:1").status();
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("old"));
}

TEST(Envelope, RefusesAWrappedKeyOfAnotherIntakeOrId) {
  const auto ring = Ring(kNew + kOld);
  WrappedKey wrapped = DataKey::New().Wrap(*ring, "intake:1");
  EXPECT_EQ(DataKey::Unwrap(*ring, wrapped, "intake:2").status().code(), StatusCode::kDataLoss);
  wrapped.key_id = "old";
  EXPECT_EQ(DataKey::Unwrap(*ring, wrapped, "intake:1").status().code(), StatusCode::kDataLoss);
}

TEST(Envelope, RefusesATamperedOrCutWrappedKey) {
  const auto ring = Ring(kNew);
  const WrappedKey wrapped = DataKey::New().Wrap(*ring, "intake:1");
  for (size_t i = 1; i < wrapped.bytes.size(); ++i) {
    WrappedKey changed = wrapped;
    changed.bytes[i] ^= 1;
    EXPECT_EQ(DataKey::Unwrap(*ring, changed, "intake:1").status().code(), StatusCode::kDataLoss)
        << i;
  }
  EXPECT_EQ(DataKey::Unwrap(*ring, {wrapped.key_id, ""}, "intake:1").status().code(),
            StatusCode::kDataLoss);
}

// A newer suite may seal in another way; an older replica beside it must not call that damage.
TEST(Envelope, TellsANewerFormatFromDamage) {
  const DataKey key = DataKey::New();
  std::string sealed = key.Seal("text", kContext);
  sealed[0] = 2;
  EXPECT_EQ(key.Open(sealed, kContext).status().code(), StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace fsft::crypto
