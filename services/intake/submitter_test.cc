#include "services/intake/submitter.h"

#include <gtest/gtest.h>

#include <future>

#include "services/intake/test_intakes.h"
#include "shared/crypto/digest.h"
#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

using fightsftickets::intake::v1::SubmitAppealRequest;

class SubmitterTest : public IntakesTest {
 protected:
  absl::StatusOr<StoredAppeal> Submit(const SubmitAppealRequest& request) {
    return submitter_.Submit(request, Soon());
  }
  std::string ReasonOf(const SubmitAppealRequest& request) {
    return rpc::DetailOf(Submit(request).status()).reason();
  }
  void LetTheDeadlinePass() { clock_.Advance(std::chrono::hours(24 * 30)); }

  // Noon in San Francisco on 2026-11-22.
  time::FakeClock clock_{*time::ParseRfc3339("2026-11-22T20:00:00Z")};
  RegistryCache registry_cache_{store_, ServedUnverified::All()};
  Submitter submitter_{store_, registry_cache_, key_source_, clock_};
};

TEST_F(SubmitterTest, AnswersARepeatAfterTheDeadlineHasPassed) {
  auto first = Submit(Request());
  ASSERT_TRUE(first.ok()) << first.status();
  LetTheDeadlinePass();
  auto again = Submit(Request());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->draft_id, first->draft_id);
  EXPECT_EQ(again->content_sha256, first->content_sha256);
}

// The digest is that of the client's body; what others found comes from elsewhere.
TEST_F(SubmitterTest, AnswersARepeatWhoseAddressIsRefusedByNow) {
  auto first = Submit(Request());
  ASSERT_TRUE(first.ok()) << first.status();
  SubmitAppealRequest request = Request();
  *request.add_sender_violations() =
      rpc::Violation("user_address_line1", "undeliverable", "must be another");
  auto again = Submit(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->draft_id, first->draft_id);
  request.set_request_digest(crypto::Sha256("another body"));
  EXPECT_EQ(ReasonOf(request), "invalid_fields");
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.intakes"), "1");
}

TEST_F(SubmitterTest, RefusesANewRequestAfterTheDeadline) {
  ASSERT_TRUE(Submit(Request()).ok());
  LetTheDeadlinePass();
  EXPECT_EQ(ReasonOf(Request("another body")), "deadline_passed");
}

TEST_F(SubmitterTest, RefusesARepeatWhoseKeyIsForgottenLikeANewRequest) {
  ASSERT_TRUE(Submit(Request()).ok());
  Owner("UPDATE intake.request_keys SET expires_at = now()");
  LetTheDeadlinePass();
  EXPECT_EQ(ReasonOf(Request()), "deadline_passed");
}

TEST_F(SubmitterTest, SaysThatAKeyWasReusedWhateverElseIsWrong) {
  SubmitAppealRequest request = Request();
  request.set_idempotency_key("0123456789abcdef");
  ASSERT_TRUE(Submit(request).ok());
  request.set_request_digest(crypto::Sha256("another body"));
  EXPECT_EQ(ReasonOf(request), "idempotency_key_reused");
  request.mutable_sender()->set_zip("not a zip");
  EXPECT_EQ(ReasonOf(request), "idempotency_key_reused");
}

TEST_F(SubmitterTest, KeepsANamedKeyForADayAndAnUnnamedOneForAQuarterOfAnHour) {
  ASSERT_TRUE(Submit(Request()).ok());
  EXPECT_EQ(Owner("SELECT expires_at - now() BETWEEN interval '14 minutes' AND interval '15 "
                  "minutes' FROM intake.request_keys"),
            "t");
  Owner("DELETE FROM intake.request_keys");
  SubmitAppealRequest named = Request();
  named.set_idempotency_key("0123456789abcdef");
  ASSERT_TRUE(Submit(named).ok());
  EXPECT_EQ(Owner("SELECT expires_at - now() BETWEEN interval '23 hours' AND interval '24 hours' "
                  "FROM intake.request_keys"),
            "t");
}

TEST_F(SubmitterTest, TellsTheSameBodyUnderTwoKeysApart) {
  SubmitAppealRequest named = Request();
  named.set_idempotency_key("0123456789abcdef");
  EXPECT_NE(Submit(Request())->intake_id, Submit(named)->intake_id);
}

TEST_F(SubmitterTest, TakesASecondLetterOnlyWhenItIsConfirmed) {
  auto first = Submit(Request());
  ASSERT_TRUE(Put(first->intake_id, "0193a000-0000-7000-8000-000000000001", 2, "paid").ok());
  SubmitAppealRequest again = Request("another body");
  EXPECT_EQ(ReasonOf(again), "already_paid");
  again.set_allow_duplicate(true);
  EXPECT_TRUE(Submit(again).ok());
}

TEST_F(SubmitterTest, StoresOneAppealForTwinsOnTwoReplicas) {
  Submitter replica(store_, registry_cache_, key_source_, clock_);
  std::vector<std::future<std::string>> twins;
  for (int i = 0; i < 8; ++i) {
    Submitter& submitter = i % 2 == 0 ? submitter_ : replica;
    twins.push_back(std::async(std::launch::async, [&submitter] {
      return submitter.Submit(Request(), Soon())->draft_id;
    }));
  }
  const std::string first = twins[0].get();
  for (size_t i = 1; i < twins.size(); ++i) EXPECT_EQ(twins[i].get(), first);
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.intakes"), "1");
}

}  // namespace
}  // namespace fsft::intake
