// Forgetting people in the letters that are stored, and renewing the keys of those that stay.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/fulfillment/erasures.h"
#include "services/fulfillment/key_rotation.h"
#include "services/fulfillment/sealed_pdf.h"
#include "services/fulfillment/test_orders.h"
#include "shared/crypto/encoding.h"

namespace fsft::fulfillment {
namespace {

using testing::HasSubstr;

const std::string kWrap1 = "wrap:w1:" + std::string(64, 'a') + "\n";
const std::string kWrap2 = "wrap:w2:" + std::string(64, 'b') + "\n";

std::shared_ptr<const crypto::KeyRing> Ring(const std::string& wraps) {
  const std::string key(64, 'c');
  return *crypto::KeyRing::Parse(wraps + "lookup:l:" + key + "\ntoken:t:" + key + "\n");
}

class PeopleTest : public LettersTest {
 protected:
  // An order whose letter is typeset and stored, under the key w1.
  WantedLetter Typeset() {
    WantedLetter order = PutNewOrder();
    const SealedPdf pdf = SealPdf(*Ring(kWrap1), order.payment_id, "%PDF of " + order.payment_id);
    const auto hex = [](const std::string& bytes) {
      return "decode('" + crypto::HexEncode(bytes) + "', 'hex')";
    };
    Sql("UPDATE fulfillment.letters SET pdf_sealed = " + hex(pdf.sealed) +
        ", pdf_sha256 = " + hex(pdf.sha256) + ", data_key = " + hex(pdf.key.bytes) +
        ", data_key_id = '" + pdf.key.key_id + "' WHERE payment_id = '" + order.payment_id + "'");
    return order;
  }
  std::string Bytes(const WantedLetter& order, const std::string& column) {
    return *crypto::HexDecode(Column(order.payment_id, "encode(" + column + ", 'hex')"));
  }
  std::string Count(const std::string& condition) {
    return Sql("SELECT count(*) FROM fulfillment.letters WHERE " + condition);
  }
  // Each test has a ledger of its own.
  void TearDown() override {
    LettersTest::TearDown();
    Sql("UPDATE fulfillment.erasure_cursor SET sequence = 0");
  }
};

class ErasureFollowerTest : public PeopleTest {
 protected:
  // Intake's ledger, numbered from one, in batches of at most two.
  absl::StatusOr<Erasures> List(int64_t after) {
    asked_after_.push_back(after);
    Erasures some{.sequence = after, .intake_ids = {}};
    while (some.intake_ids.size() < 2 && some.sequence < static_cast<int64_t>(ledger_.size()))
      some.intake_ids.push_back(ledger_[some.sequence++]);
    return some;
  }

  std::vector<std::string> ledger_;
  std::vector<int64_t> asked_after_;
  ErasureFollower follower_{*database_,
                            [this](int64_t after, db::Deadline) { return List(after); }};
};

TEST_F(ErasureFollowerTest, ForgetsTheLettersOfThePeopleWhomIntakeHasForgotten) {
  const WantedLetter forgotten = Typeset(), kept = Typeset();
  const std::string sha256 = Bytes(forgotten, "pdf_sha256");
  ledger_ = {forgotten.intake_id};
  EXPECT_EQ(*follower_.FollowBatch(), 1);
  EXPECT_EQ(Count("pdf_sealed IS NULL AND data_key IS NULL AND data_key_id IS NULL"), "1");
  EXPECT_EQ(Column(forgotten.payment_id, "pdf_sealed"), "");
  EXPECT_EQ(Bytes(forgotten, "pdf_sha256"), sha256) << "it proves which letter was mailed";
  EXPECT_NE(Column(kept.payment_id, "pdf_sealed"), "");
  EXPECT_EQ(Sql("SELECT actor || ' ' || action FROM fulfillment.audit_log WHERE payment_id = '" +
                forgotten.payment_id + "' ORDER BY version DESC LIMIT 1"),
            "intake erase");
}

TEST_F(ErasureFollowerTest, GoesOnBehindWhatItHasFollowed) {
  const WantedLetter letters[] = {Typeset(), Typeset(), Typeset()};
  for (const WantedLetter& letter : letters) ledger_.push_back(letter.intake_id);
  EXPECT_EQ(*follower_.FollowBatch(), 2);
  EXPECT_EQ(*follower_.FollowBatch(), 1);
  EXPECT_EQ(*follower_.FollowBatch(), 0);
  EXPECT_THAT(asked_after_, testing::ElementsAre(0, 2, 3));
  EXPECT_EQ(Count("pdf_sealed IS NOT NULL"), "0");
}

TEST_F(ErasureFollowerTest, FollowsPeopleWhoNeverHadALetter) {
  ledger_ = {"0193a000-0000-7000-8000-000000000001"};
  EXPECT_EQ(*follower_.FollowBatch(), 1);
  EXPECT_EQ(*follower_.FollowBatch(), 0);
}

// Another replica, or one that died before it knew of its commit.
TEST_F(ErasureFollowerTest, WhatIsFollowedTwiceIsForgottenOnce) {
  const WantedLetter first = Typeset(), second = Typeset();
  ledger_ = {first.intake_id, second.intake_id};
  ASSERT_EQ(*follower_.FollowBatch(), 2);
  const std::string version = Column(first.payment_id, "version");
  ErasureFollower late(*database_, [&](int64_t, db::Deadline) -> absl::StatusOr<Erasures> {
    return Erasures{.sequence = 1, .intake_ids = {first.intake_id}};
  });
  EXPECT_EQ(*late.FollowBatch(), 1);
  EXPECT_EQ(Column(first.payment_id, "version"), version);
  EXPECT_EQ(Sql("SELECT sequence FROM fulfillment.erasure_cursor"), "2") << "it went back";
}

TEST_F(ErasureFollowerTest, AnIntakeThatDoesNotAnswerIsAskedAgainForTheSame) {
  Typeset();
  ErasureFollower follower(*database_, [](int64_t, db::Deadline) -> absl::StatusOr<Erasures> {
    return absl::UnavailableError("intake restarts");
  });
  EXPECT_TRUE(absl::IsUnavailable(follower.FollowBatch().status()));
  EXPECT_EQ(Sql("SELECT sequence FROM fulfillment.erasure_cursor"), "0");
  EXPECT_EQ(Count("pdf_sealed IS NOT NULL"), "1");
}

class LetterKeysTest : public PeopleTest {
 protected:
  // One batch, by a process that starts now; answers how many letters it looked at.
  int RenewOnce(const std::string& wraps, bool enabled = true) {
    crypto::FixedKeys keys(Ring(wraps));
    rotation::Renewal renewal(LettersUnderKeys(), *database_, keys, registry_, enabled);
    return *renewal.RenewBatch();
  }
};

TEST_F(LetterKeysTest, NothingIsLeftUnderTheOldKeyAndEveryLetterStillOpens) {
  const WantedLetter letters[] = {Typeset(), Typeset()};
  EXPECT_EQ(RenewOnce(kWrap2 + kWrap1), 2);
  EXPECT_EQ(RenewOnce(kWrap2 + kWrap1), 0);
  for (const WantedLetter& letter : letters) {
    const auto pdf = OpenPdf(*Ring(kWrap2), letter.payment_id,
                             {.sealed = Bytes(letter, "pdf_sealed"),
                              .sha256 = Bytes(letter, "pdf_sha256"),
                              .key = {.key_id = Column(letter.payment_id, "data_key_id"),
                                      .bytes = Bytes(letter, "data_key")}});
    ASSERT_TRUE(pdf.ok()) << pdf.status();
    EXPECT_EQ(*pdf, "%PDF of " + letter.payment_id);
  }
}

TEST_F(LetterKeysTest, GoesOnWhereItWasKilled) {
  constexpr int kMoreThanABatch = 103;
  for (int i = 0; i < kMoreThanABatch; ++i) Typeset();
  EXPECT_EQ(RenewOnce(kWrap2 + kWrap1), 100);
  EXPECT_EQ(Count("data_key_id = 'w1'"), "3");
  EXPECT_EQ(RenewOnce(kWrap2 + kWrap1), 3);
  EXPECT_EQ(Count("data_key_id = 'w2'"), std::to_string(kMoreThanABatch));
}

TEST_F(LetterKeysTest, ForgottenLettersHaveNoKeyToRenew) {
  Typeset();
  Sql("UPDATE fulfillment.letters SET pdf_sealed = NULL, data_key = NULL, data_key_id = NULL");
  EXPECT_EQ(RenewOnce(kWrap2 + kWrap1), 0);
}

TEST_F(LetterKeysTest, OneThatCannotBeReadHoldsUpNoOther) {
  const WantedLetter broken = Typeset();
  Typeset();
  Sql("UPDATE fulfillment.letters SET data_key = 'x' WHERE payment_id = '" + broken.payment_id +
      "'");
  RenewOnce(kWrap2 + kWrap1);
  EXPECT_EQ(Column(broken.payment_id, "data_key_id"), "w1");
  EXPECT_EQ(Count("data_key_id = 'w2'"), "1");
  EXPECT_THAT(registry_.Serialize(),
              HasSubstr("rewrap_unreadable_total{purpose=\"wrap\",rows=\"letters\"} 1"));
}

TEST_F(LetterKeysTest, SwitchedOffItOnlyCounts) {
  Typeset();
  RenewOnce(kWrap2 + kWrap1, /*enabled=*/false);
  EXPECT_EQ(Count("data_key_id = 'w1'"), "1");
  EXPECT_THAT(registry_.Serialize(),
              HasSubstr("rewrap_remaining{purpose=\"wrap\",rows=\"letters\"} 1"));
}

}  // namespace
}  // namespace fsft::fulfillment
