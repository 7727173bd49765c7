// What must still be found while the ring's lookup key is being replaced.

#include <gtest/gtest.h>

#include "services/intake/submitter.h"
#include "services/intake/test_intakes.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

using fightsftickets::intake::v1::SubmitAppealRequest;

// Every ring that is read while a key is replaced: the new one is added, becomes the current one,
// and the old one is taken away.
std::shared_ptr<const crypto::KeyRing> Ring(const std::string& lookup_lines) {
  const std::string hex(64, 'a');
  return *crypto::KeyRing::Parse("wrap:w1:" + hex + "\n" + lookup_lines + "token:t1:" + hex + "\n");
}
const std::string kOld = "lookup:l1:" + std::string(64, 'a') + "\n";
const std::string kNew = "lookup:l2:" + std::string(64, 'b') + "\n";

class KeyVersionsTest : public IntakesTest {
 protected:
  static SubmitAppealRequest Request(const std::string& key, const std::string& body = "body") {
    SubmitAppealRequest request = IntakesTest::Request(body);
    request.set_idempotency_key(key);
    request.mutable_sender()->set_email("jordan@example.com");
    return request;
  }
  absl::StatusOr<StoredAppeal> Submit(const std::string& lookup_lines,
                                      const SubmitAppealRequest& request) {
    crypto::FixedKeys keys(Ring(lookup_lines));
    return Submitter(store_, registry_cache_, keys, clock_).Submit(request, Soon());
  }

  time::FakeClock clock_{*time::ParseRfc3339("2026-11-22T20:00:00Z")};
  RegistryCache registry_cache_{store_, ServedUnverified::All()};
};

TEST_F(KeyVersionsTest, ARepeatIsRecognisedWhicheverKeyIsCurrent) {
  const SubmitAppealRequest request = Request("0123456789abcdef");
  const auto first = Submit(kOld, request);
  ASSERT_TRUE(first.ok()) << first.status();
  for (const std::string& lines : {kOld + kNew, kNew + kOld}) {
    const auto again = Submit(lines, request);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->draft_id, first->draft_id);
  }
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.intakes"), "1");
}

TEST_F(KeyVersionsTest, AReplicaThatHasNotReadTheFileYetRecognisesWhatAnotherStored) {
  const SubmitAppealRequest request = Request("0123456789abcdef");
  const auto first = Submit(kNew + kOld, request);
  EXPECT_EQ(Submit(kOld + kNew, request)->draft_id, first->draft_id);
}

TEST_F(KeyVersionsTest, AKeyThatIsReusedForAnotherBodyIsStillRefused) {
  ASSERT_TRUE(Submit(kOld, Request("0123456789abcdef")).ok());
  const auto again = Submit(kNew + kOld, Request("0123456789abcdef", "another body"));
  EXPECT_EQ(rpc::DetailOf(again.status()).reason(), "idempotency_key_reused");
}

TEST_F(KeyVersionsTest, APaidLetterIsFoundUnderTheOlderKey) {
  const auto first = Submit(kOld, Request("0123456789abcdef"));
  ASSERT_TRUE(Put(first->intake_id, "0193a000-0000-7000-8000-000000000001", 2, "paid").ok());
  const auto again = Submit(kNew + kOld, Request("another 16 chars", "another body"));
  EXPECT_EQ(rpc::DetailOf(again.status()).reason(), "already_paid");
  EXPECT_EQ(rpc::DetailOf(again.status()).ids().at("intake_id"), first->intake_id);
}

// A body of a few fields could be guessed from its plain hash.
TEST_F(KeyVersionsTest, TheHashOfABodyIsKeyedBeforeItIsStored) {
  ASSERT_TRUE(Submit(kNew + kOld, Request("0123456789abcdef")).ok());
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.request_keys WHERE encode(digest, 'hex') = '" +
                  crypto::HexEncode(crypto::Sha256("body")) + "'"),
            "0");
  EXPECT_EQ(Owner("SELECT lookup_key_id FROM intake.request_keys"), "l2");
}

}  // namespace
}  // namespace fsft::intake
