#include "services/intake/step_flow.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "services/intake/test_intakes.h"
#include "shared/crypto/digest.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

using fightsftickets::intake::v1::CreateIntakeRequest;
using fightsftickets::intake::v1::CreateIntakeResponse;
using fightsftickets::intake::v1::SaveDraftRequest;
using fightsftickets::intake::v1::UpdateIntakeRequest;

class StepFlowTest : public IntakesTest {
 protected:
  static CreateIntakeRequest Beginning(const std::string& body = "begin") {
    CreateIntakeRequest request;
    request.mutable_request_key()->set_request_digest(crypto::Sha256(body));
    request.mutable_sender()->set_name("Ann Driver");
    return request;
  }
  static void Refuse(google::protobuf::RepeatedPtrField<rpc::FieldViolation>& violations) {
    *violations.Add() = rpc::Violation("user_address_line1", "undeliverable", "must be another");
  }
  CreateIntakeResponse Begin(const std::string& body = "begin") {
    auto begun = flow_.Create(Beginning(body), Soon());
    EXPECT_TRUE(begun.ok()) << begun.status();
    return *begun;
  }
  static UpdateIntakeRequest Rename(const CreateIntakeResponse& intake, const std::string& name) {
    UpdateIntakeRequest request;
    request.set_intake_id(intake.intake_id());
    request.set_access_token(intake.access_token());
    request.mutable_sender()->set_name(name);
    request.mutable_fields()->add_paths("sender.name");
    return request;
  }
  static SaveDraftRequest Letter(const CreateIntakeResponse& intake, const std::string& words) {
    SaveDraftRequest request;
    request.mutable_request_key()->set_request_digest(crypto::Sha256(words));
    request.set_intake_id(intake.intake_id());
    request.set_access_token(intake.access_token());
    request.set_letter_text(words + std::string(50, '.'));
    request.set_appeal_type(fightsftickets::common::v1::APPEAL_TYPE_STANDARD);
    return request;
  }
  std::string ReasonOf(const absl::Status& status) { return rpc::DetailOf(status).reason(); }
  void SetState(const CreateIntakeResponse& intake, const std::string& state) {
    Owner("UPDATE intake.intakes SET state = '" + state +
          "', submitted_at = now(), paid_at = now(), city_id = 'us-ca-san_francisco', "
          "section_id = 'sfmta' WHERE intake_id = '" +
          intake.intake_id() + "'");
  }

  time::SystemClock clock_;
  RegistryCache registry_cache_{store_, ServedUnverified::All()};
  StepStore steps_{*database_};
  StepFlow flow_{steps_, registry_cache_, key_source_, clock_};
};

TEST_F(StepFlowTest, BeginsOneIntakeForARequestThatComesAgain) {
  const CreateIntakeResponse first = Begin();
  const CreateIntakeResponse again = Begin();
  EXPECT_EQ(again.intake_id(), first.intake_id());
  EXPECT_EQ(again.access_token(), first.access_token());
  EXPECT_TRUE(again.repeated_request());
  EXPECT_NE(Begin("another body").intake_id(), first.intake_id());
}

TEST_F(StepFlowTest, RefusesWhatOthersHaveFoundWrong) {
  CreateIntakeRequest beginning = Beginning();
  Refuse(*beginning.mutable_sender_violations());
  EXPECT_EQ(ReasonOf(flow_.Create(beginning, Soon()).status()), "invalid_fields");
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.intakes"), "0");

  const CreateIntakeResponse intake = Begin();
  UpdateIntakeRequest change = Rename(intake, "Zoe");
  Refuse(*change.mutable_sender_violations());
  EXPECT_EQ(ReasonOf(flow_.Update(change, Soon()).status()), "invalid_fields");
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.audit_log"), "1");
}

TEST_F(StepFlowTest, AnswersARepeatedBeginningWhateverHasBeenFoundSince) {
  const CreateIntakeResponse first = Begin();
  CreateIntakeRequest again = Beginning();
  Refuse(*again.mutable_sender_violations());
  auto begun = flow_.Create(again, Soon());
  ASSERT_TRUE(begun.ok()) << begun.status();
  EXPECT_EQ(begun->intake_id(), first.intake_id());
  EXPECT_TRUE(begun->repeated_request());
}

TEST_F(StepFlowTest, WritesEveryChangeToTheAuditTrail) {
  const CreateIntakeResponse intake = Begin();
  ASSERT_TRUE(flow_.Update(Rename(intake, "Zoe"), Soon()).ok());
  ASSERT_TRUE(flow_.Save(Letter(intake, "words"), Soon()).ok());
  EXPECT_EQ(Owner("SELECT string_agg(action || ' ' || version, ', ' ORDER BY version) "
                  "FROM intake.audit_log"),
            "begin 1, change 2, save_draft 3");
}

TEST_F(StepFlowTest, LosesNoneOfTheChangesThatComeAtTheSameTime) {
  const CreateIntakeResponse intake = Begin();
  std::vector<std::thread> threads;
  std::atomic<int> saved = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(
        [&, i] { saved += flow_.Save(Letter(intake, "words " + std::to_string(i)), Soon()).ok(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(saved, 4);
  EXPECT_EQ(Owner("SELECT string_agg(version::text, ',' ORDER BY version) FROM intake.drafts"),
            "1,2,3,4");
}

// Each of the three statements looks at the revision for itself.
TEST_F(StepFlowTest, StoresNothingThatWasMadeForAnOlderVersion) {
  const CreateIntakeResponse intake = Begin();
  const auto read = steps_.Read(intake.intake_id(), Soon());
  ASSERT_TRUE(read.ok() && read->has_value());
  const WorkingCopy& old = **read;
  ASSERT_TRUE(flow_.Save(Letter(intake, "words"), Soon()).ok());

  const std::string draft_id = ids::NewUuidV7(clock_.Now());
  EXPECT_FALSE(*steps_.SaveDraft(old,
                                 {.draft_id = draft_id,
                                  .version = 2,
                                  .appeal_type = "standard",
                                  .submission_sealed = "sealed"},
                                 Key("another"), Soon()));
  EXPECT_FALSE(
      *steps_.Change(old, {.person = "sealed", .lookup_key_id = "l1"}, std::nullopt, Soon()));
  EXPECT_FALSE(
      *steps_.Freeze(old,
                     {.person = {.person = "sealed", .lookup_key_id = "l1"},
                      .draft_id = draft_id,
                      .version = 2,
                      .appeal_type = "standard",
                      .draft = {.submission = "sealed", .content_sha256 = crypto::Sha256("sealed")},
                      .city_id = "us-ca-san_francisco",
                      .section_id = "sfmta"},
                     Key("a third"), Soon()));
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.drafts"), "1");
  EXPECT_EQ(Owner("SELECT revision FROM intake.intakes"), "2");
}

TEST_F(StepFlowTest, RefusesAChangeByTheStateOfTheAppeal) {
  const CreateIntakeResponse intake = Begin();
  UpdateIntakeRequest rename = Rename(intake, "Zoe");
  SetState(intake, "submitted");
  EXPECT_EQ(ReasonOf(flow_.Update(rename, Soon()).status()), "checkout_open");
  SetState(intake, "paid");
  rename.set_checkout_ended(true);
  EXPECT_EQ(ReasonOf(flow_.Update(rename, Soon()).status()), "already_paid");
  EXPECT_EQ(ReasonOf(flow_.Save(Letter(intake, "more"), Soon()).status()), "already_paid");
}

TEST_F(StepFlowTest, TakesAChangeOnceItsCheckoutHasEnded) {
  const CreateIntakeResponse intake = Begin();
  SetState(intake, "submitted");
  UpdateIntakeRequest rename = Rename(intake, "Zoe");
  rename.set_checkout_ended(true);
  ASSERT_TRUE(flow_.Update(rename, Soon()).ok());
  EXPECT_EQ(Owner("SELECT state FROM intake.intakes"), "draft");
}

TEST_F(StepFlowTest, AnswersARepeatedDraftAfterThePayment) {
  const CreateIntakeResponse intake = Begin();
  const auto first = flow_.Save(Letter(intake, "words"), Soon());
  ASSERT_TRUE(first.ok()) << first.status();
  SetState(intake, "paid");
  const auto again = flow_.Save(Letter(intake, "words"), Soon());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->draft_id(), first->draft_id());
  EXPECT_TRUE(again->repeated_request());
}

TEST_F(StepFlowTest, OpensNothingWithAnotherIntakesToken) {
  const CreateIntakeResponse mine = Begin("mine");
  const CreateIntakeResponse yours = Begin("yours");
  EXPECT_TRUE(flow_.Open(mine.intake_id(), mine.access_token(), Soon()).ok());
  EXPECT_EQ(ReasonOf(flow_.Open(mine.intake_id(), yours.access_token(), Soon()).status()),
            "invalid_token");
  EXPECT_EQ(ReasonOf(flow_.Open("no uuid", mine.access_token(), Soon()).status()), "invalid_token");
}

}  // namespace
}  // namespace fsft::intake
