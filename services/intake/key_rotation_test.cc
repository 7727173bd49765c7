#include "services/intake/key_rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/intake/test_intakes.h"
#include "shared/crypto/encoding.h"

namespace fsft::intake {
namespace {

using testing::HasSubstr;

std::shared_ptr<const crypto::KeyRing> Ring(const std::string& wraps, const std::string& lookups) {
  return *crypto::KeyRing::Parse(wraps + lookups + "token:t1:" + std::string(64, 'a') + "\n");
}
const std::string kWrap1 = "wrap:w1:" + std::string(64, 'a') + "\n";
const std::string kWrap2 = "wrap:w2:" + std::string(64, 'b') + "\n";
const std::string kLookup1 = "lookup:l1:" + std::string(64, 'a') + "\n";
const std::string kLookup2 = "lookup:l2:" + std::string(64, 'c') + "\n";

class KeyRotationTest : public IntakesTest {
 protected:
  // Under the keys w1 and l1.
  std::string Submitted(const std::string& key) {
    const NewAppeal appeal = Appeal("912345678", "jordan@example.com");
    EXPECT_TRUE(store_.Submit(appeal, Key(key), Soon()).ok());
    return appeal.intake_id;
  }
  // Runs every renewal until none finds anything.
  void Renew(const std::shared_ptr<const crypto::KeyRing>& ring, bool enabled = true) {
    crypto::FixedKeys keys(ring);
    for (rotation::Rows& rows : RowsUnderKeys()) {
      rotation::Renewal renewal(std::move(rows), *database_, keys, registry_, enabled);
      while (*renewal.RenewBatch() > 0) {
      }
    }
  }
  std::string Bytes(const std::string& id, const std::string& column) {
    return *crypto::HexDecode(Owner("SELECT encode(" + column +
                                    ", 'hex') FROM intake.intakes WHERE intake_id = '" + id + "'"));
  }
  std::string Under(const std::string& column, const std::string& key) {
    return Owner("SELECT count(*) FROM intake.intakes WHERE " + column + " = '" + key + "'");
  }
};

TEST_F(KeyRotationTest, NothingIsLeftUnderTheOldKeysAndEverythingStillOpens) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(Submitted("key" + std::to_string(i)));
  Renew(Ring(kWrap2 + kWrap1, kLookup2 + kLookup1));
  EXPECT_EQ(Under("data_key_id", "w1"), "0");
  EXPECT_EQ(Under("lookup_key_id", "l1"), "0");

  const auto only_new = Ring(kWrap2, kLookup2);
  for (const std::string& id : ids) {
    const auto person = OpenPerson(Bytes(id, "person_sealed"), id,
                                   {.key_id = "w2", .bytes = Bytes(id, "data_key")}, *only_new);
    ASSERT_TRUE(person.ok()) << person.status();
    EXPECT_EQ(person->citation().number(), "912345678");
  }
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.intakes WHERE citation_hmac = '\\x" +
                  crypto::HexEncode(LookupHmac(*only_new, "citation", "912345678")) +
                  "' AND email_hmac = '\\x" +
                  crypto::HexEncode(LookupHmac(*only_new, "email", "jordan@example.com")) + "'"),
            "3");
}

TEST_F(KeyRotationTest, GoesOnWhereItWasKilled) {
  for (int i = 0; i < 150; ++i) Submitted("key" + std::to_string(i));
  crypto::FixedKeys keys(Ring(kWrap2 + kWrap1, kLookup1));
  {
    rotation::Renewal killed(RowsUnderKeys().front(), *database_, keys, registry_, true);
    EXPECT_EQ(*killed.RenewBatch(), 100);
  }
  EXPECT_EQ(Under("data_key_id", "w1"), "50");
  rotation::Renewal next(RowsUnderKeys().front(), *database_, keys, registry_, true);
  EXPECT_EQ(*next.RenewBatch(), 50);
  EXPECT_EQ(*next.RenewBatch(), 0);
  EXPECT_EQ(Under("data_key_id", "w2"), "150");
}

TEST_F(KeyRotationTest, OneThatCannotBeReadHoldsUpNoOther) {
  const std::string broken = Submitted("first");
  Submitted("second");
  Owner("UPDATE intake.intakes SET data_key = '\\x00' WHERE intake_id = '" + broken + "'");
  Renew(Ring(kWrap2 + kWrap1, kLookup1));
  EXPECT_EQ(Under("data_key_id", "w2"), "1");
  EXPECT_THAT(registry_.Serialize(),
              HasSubstr("rewrap_unreadable_total{purpose=\"wrap\",rows=\"intakes\"} 1"));
}

TEST_F(KeyRotationTest, SwitchedOffItOnlyCounts) {
  Submitted("key");
  Renew(Ring(kWrap2 + kWrap1, kLookup2 + kLookup1), /*enabled=*/false);
  EXPECT_EQ(Under("data_key_id", "w1"), "1");
  const std::string metrics = registry_.Serialize();
  EXPECT_THAT(metrics, HasSubstr("rewrap_remaining{purpose=\"wrap\",rows=\"intakes\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("rewrap_remaining{purpose=\"lookup\",rows=\"intakes\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("rewrap_remaining{purpose=\"lookup\",rows=\"request_keys\"} 1"));
}

TEST_F(KeyRotationTest, WithOneKeyThereIsNothingToDo) {
  Submitted("key");
  Renew(Ring(kWrap1, kLookup1));
  EXPECT_EQ(Under("data_key_id", "w1"), "1");
}

}  // namespace
}  // namespace fsft::intake
