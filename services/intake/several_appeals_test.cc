// Appeals that are stored together, as checkouts are that come at the same time.
#include "services/intake/several_appeals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/intake/test_intakes.h"
#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

using fightsftickets::intake::v1::SubmitAppealRequest;
using fightsftickets::intake::v1::SubmitAppealsRequest;
using fightsftickets::intake::v1::SubmitAppealsResponse;
using testing::Each;
using testing::ElementsAre;

class SeveralAppealsTest : public IntakesTest {
 protected:
  static SubmitAppealRequest Request(const std::string& body, const std::string& number) {
    SubmitAppealRequest request = IntakesTest::Request(body);
    request.mutable_citation()->set_number(number);
    return request;
  }

  SubmitAppealsResponse Together(const std::vector<SubmitAppealRequest>& appeals) {
    SubmitAppealsRequest request;
    for (const SubmitAppealRequest& appeal : appeals) *request.add_appeals() = appeal;
    SubmitAppealsResponse response;
    const absl::Status status = SubmitSeveral(submitter_, *keys_, request, Soon(), response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }
  // The citation's number of each that was stored, "alone" for what is to be sent by itself.
  std::vector<std::string> NumbersOf(const std::vector<SubmitAppealRequest>& appeals) {
    const SubmitAppealsResponse together = Together(appeals);
    std::vector<std::string> numbers;
    for (const auto& answer : together.appeals()) {
      numbers.push_back(answer.has_stored() ? answer.stored().citation_number() : "alone");
    }
    return numbers;
  }
  std::string Count() const { return Owner("SELECT count(*) FROM intake.intakes"); }

  time::FakeClock clock_{*time::ParseRfc3339("2026-11-22T20:00:00Z")};
  RegistryCache registry_cache_{store_, ServedUnverified::All()};
  Submitter submitter_{store_, registry_cache_, key_source_, clock_};
};

TEST_F(SeveralAppealsTest, AreAnsweredAsEachAloneWouldBe) {
  const SubmitAppealRequest first = Request("one", "912345678");
  const SubmitAppealRequest second = Request("two", "912345679");
  const SubmitAppealsResponse together = Together({first, second});
  ASSERT_EQ(together.appeals_size(), 2);
  EXPECT_EQ(Count(), "2");
  for (int i : {0, 1}) {
    const SubmitAppealRequest& request = i == 0 ? first : second;
    const auto again = submitter_.Submit(request, Soon());
    ASSERT_TRUE(again.ok()) << again.status();
    fightsftickets::intake::v1::SubmitAppealResponse alone;
    ToMessage(AnswerTo(request, *again), *keys_, alone);
    EXPECT_TRUE(alone.repeated_request());
    alone.set_repeated_request(false);
    EXPECT_EQ(together.appeals(i).stored().SerializeAsString(), alone.SerializeAsString());
  }
  EXPECT_EQ(Count(), "2");
}

TEST_F(SeveralAppealsTest, OneThatIsRefusedSpoilsNoOther) {
  SubmitAppealRequest wrong = Request("wrong", "912345670");
  wrong.mutable_sender()->set_zip("none");
  SubmitAppealRequest keyless = Request("keyless", "912345671");
  keyless.set_idempotency_key("short");
  EXPECT_THAT(NumbersOf({wrong, Request("one", "912345678"), keyless, Request("two", "912345679")}),
              ElementsAre("alone", "912345678", "alone", "912345679"));
  EXPECT_EQ(Count(), "2");
}

TEST_F(SeveralAppealsTest, WhatBelongsToAnIntakeGoesAlone) {
  SubmitAppealRequest owned = Request("owned", "912345670");
  owned.set_intake_id("0193a000-0000-7000-8000-000000000001");
  SubmitAppealRequest named = Request("named", "912345671");
  named.set_draft_id("0193a000-0000-7000-8000-000000000001");
  SubmitAppealRequest known = Request("known", "912345672");
  known.set_access_token("token");
  EXPECT_THAT(NumbersOf({owned, named, Request("one", "912345678"), known}),
              ElementsAre("alone", "alone", "912345678", "alone"));
  EXPECT_EQ(Count(), "1");
}

TEST_F(SeveralAppealsTest, ARepeatGoesAlone) {
  const SubmitAppealRequest stored = Request("one", "912345678");
  ASSERT_TRUE(submitter_.Submit(stored, Soon()).ok());
  EXPECT_THAT(NumbersOf({stored, Request("two", "912345679")}), ElementsAre("alone", "912345679"));
  EXPECT_EQ(Count(), "2");
}

TEST_F(SeveralAppealsTest, OfTwinsOneIsStored) {
  const SubmitAppealRequest twin = Request("one", "912345678");
  EXPECT_THAT(NumbersOf({twin, twin}), ElementsAre("912345678", "alone"));
  EXPECT_EQ(Count(), "1");
}

TEST_F(SeveralAppealsTest, WhatWasPaidForBeforeGoesAlone) {
  const auto paid = submitter_.Submit(Request("one", "912345678"), Soon());
  ASSERT_TRUE(Put(paid->intake_id, "0193a000-0000-7000-8000-000000000001", 2, "paid").ok());
  EXPECT_THAT(NumbersOf({Request("again", "912345678"), Request("two", "912345679")}),
              ElementsAre("alone", "912345679"));
}

TEST_F(SeveralAppealsTest, OfTwoBodiesUnderOneKeyOneIsStored) {
  SubmitAppealRequest first = Request("one", "912345678");
  SubmitAppealRequest second = Request("two", "912345679");
  for (SubmitAppealRequest* request : {&first, &second}) {
    request->set_idempotency_key("0123456789abcdef");
  }
  EXPECT_THAT(NumbersOf({first, second}), ElementsAre("912345678", "alone"));
  EXPECT_EQ(rpc::DetailOf(submitter_.Submit(second, Soon()).status()).reason(),
            "idempotency_key_reused");
}

TEST_F(SeveralAppealsTest, WhatTheDatabaseRefusesMakesAllGoAlone) {
  Owner("ALTER TABLE intake.drafts ADD CHECK (appeal_type <> 'standard')");
  EXPECT_THAT(NumbersOf({Request("one", "912345678"), Request("two", "912345679")}), Each("alone"));
  EXPECT_EQ(Count(), "0");
}

TEST_F(SeveralAppealsTest, AreAHundredAtMost) {
  SubmitAppealsRequest request;
  for (int i = 0; i < 101; ++i) request.add_appeals();
  SubmitAppealsResponse response;
  const absl::Status status = SubmitSeveral(submitter_, *keys_, request, Soon(), response);
  EXPECT_EQ(rpc::DetailOf(status).field_violations(0).field(), "appeals");
}

TEST_F(SeveralAppealsTest, NoneThatIsRightStoresNothing) {
  SubmitAppealRequest wrong = Request("wrong", "912345670");
  wrong.clear_letter_text();
  EXPECT_THAT(NumbersOf({wrong}), ElementsAre("alone"));
  EXPECT_EQ(Count(), "0");
}

}  // namespace
}  // namespace fsft::intake
