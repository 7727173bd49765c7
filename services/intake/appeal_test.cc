#include "services/intake/appeal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

using fightsftickets::common::v1::APPEAL_TYPE_CERTIFIED;
using fightsftickets::common::v1::APPEAL_TYPE_STANDARD;
using fightsftickets::intake::v1::SubmitAppealRequest;
using testing::UnorderedElementsAre;

// Noon in San Francisco on 2026-11-22.
const time::TimePoint kNow = *time::ParseRfc3339("2026-11-22T20:00:00Z");

AuthorityRow Sfmta() {
  AuthorityRow row{.city_id = "us-ca-san_francisco",
                   .section_id = "sfmta",
                   .time_zone = "America/Los_Angeles",
                   .patterns = {"^9\\d{8}$"},
                   .appeal_days = 21,
                   .agency = {}};
  row.agency.set_name("SFMTA Citation Review");
  row.agency.set_zip("94103");
  return row;
}

Registry TheRegistry() {
  AuthorityRow blocked = Sfmta();
  blocked.city_id = "us-il-chicago";
  blocked.patterns = {"^CH\\d{8}$"};
  blocked.blocked = true;
  AuthorityRow twin = Sfmta();
  twin.city_id = "us-md-baltimore";
  twin.patterns = {"^BPD\\d{6}$"};
  AuthorityRow other_twin = twin;
  other_twin.city_id = "us-ma-boston";
  AuthorityRow particular = Sfmta();
  particular.city_id = "us-nv-reno";
  particular.patterns = {"^RN\\d{6}$"};
  particular.certified_required = true;
  particular.blocked_sender_states = {"NV", "UT"};
  AuthorityRow unserved_section = Sfmta();
  unserved_section.section_id = "sfsu";
  unserved_section.patterns = {"^SFSU\\d{6}$"};
  unserved_section.has_address = false;
  return *Registry::Create({Sfmta(), blocked, twin, other_twin, particular, unserved_section},
                           ServedUnverified::All());
}

SubmitAppealRequest Good() {
  SubmitAppealRequest request;
  request.mutable_citation()->set_number("912-345 678");
  request.mutable_citation()->set_violation_date("2026-11-10");
  request.mutable_citation()->set_vehicle_info("Blue Honda Civic");
  request.mutable_sender()->set_name("  Jordan Doe ");
  request.mutable_sender()->set_address_line1("1 Main St");
  request.mutable_sender()->set_city("Oakland");
  request.mutable_sender()->set_state("ca");
  request.mutable_sender()->set_zip("94601");
  request.mutable_sender()->set_email("jordan@example.com");
  request.set_letter_text("\n" + std::string(50, 'x') + "  ");
  request.set_appeal_type(APPEAL_TYPE_CERTIFIED);
  return request;
}

absl::StatusOr<fightsftickets::intake::v1::Submission> Check(const SubmitAppealRequest& request) {
  return CheckAppeal(request, TheRegistry(), kNow);
}

std::vector<std::string> Violations(const SubmitAppealRequest& request) {
  std::vector<std::string> found;
  const rpc::ErrorDetail detail = rpc::DetailOf(Check(request).status());
  for (const auto& violation : detail.field_violations()) {
    found.push_back(violation.field() + ":" + violation.code());
  }
  return found;
}

std::string Reason(const SubmitAppealRequest& request) {
  return rpc::DetailOf(Check(request).status()).reason();
}

TEST(Appeal, BecomesANormalisedSubmissionToTheAgency) {
  auto submission = Check(Good());
  ASSERT_TRUE(submission.ok()) << submission.status();
  EXPECT_EQ(submission->citation().number(), "912345678");
  EXPECT_EQ(submission->citation().city_id(), "us-ca-san_francisco");
  EXPECT_EQ(submission->citation().section_id(), "sfmta");
  EXPECT_EQ(submission->sender().name(), "Jordan Doe");
  EXPECT_EQ(submission->sender().state(), "CA");
  EXPECT_EQ(submission->agency().name(), "SFMTA Citation Review");
  EXPECT_EQ(submission->letter_text(), std::string(50, 'x'));
  EXPECT_EQ(submission->submitted_on(), "2026-11-22");
  EXPECT_EQ(submission->salt().size(), 16u);
}

TEST(Appeal, IsRefusedWithWhatOthersHaveFoundToo) {
  SubmitAppealRequest request = Good();
  *request.add_sender_violations() =
      rpc::Violation("user_address_line1", "undeliverable", "must be another");
  EXPECT_THAT(Violations(request), UnorderedElementsAre("user_address_line1:undeliverable"));
  request.mutable_sender()->set_zip("9");
  EXPECT_THAT(Violations(request),
              UnorderedElementsAre("user_zip:invalid", "user_address_line1:undeliverable"));
}

TEST(Appeal, HasAnotherSaltEachTime) { EXPECT_NE(Check(Good())->salt(), Check(Good())->salt()); }

TEST(Appeal, TellsEverythingThatIsWrongAtOnce) {
  EXPECT_THAT(Violations(SubmitAppealRequest()),
              UnorderedElementsAre("citation_number:required", "violation_date:required",
                                   "user_name:required", "user_address_line1:required",
                                   "user_city:required", "user_state:required", "user_zip:required",
                                   "draft_text:required", "appeal_type:invalid_choice"));
}

TEST(Appeal, AcceptsBothFormsOfZipAndTheLengthLimits) {
  SubmitAppealRequest request = Good();
  request.mutable_sender()->set_zip("94102-1234");
  request.mutable_sender()->set_name(std::string(40, 'n'));
  request.set_letter_text(std::string(5000, 'x'));
  EXPECT_TRUE(Check(request).ok()) << Check(request).status();
}

TEST(Appeal, CountsTheDeadlineDayItself) {
  SubmitAppealRequest request = Good();
  request.mutable_citation()->set_violation_date("2026-11-01");
  EXPECT_TRUE(Check(request).ok());
  request.mutable_citation()->set_violation_date("2026-10-31");
  EXPECT_EQ(Reason(request), "deadline_passed");
}

TEST(Appeal, GoesOutLateWhenTheCustomerAcceptsTheRisk) {
  SubmitAppealRequest request = Good();
  request.mutable_citation()->set_violation_date("2026-10-31");
  request.set_accept_late(true);
  EXPECT_TRUE(Check(request).ok());
}

TEST(Appeal, IsRefusedForACityThatIsBlockedOrUnknown) {
  SubmitAppealRequest request = Good();
  request.mutable_citation()->set_city_id("us-zz-atlantis");
  EXPECT_EQ(Reason(request), "city_not_served");
  request.mutable_citation()->set_city_id("us-il-chicago");
  request.mutable_citation()->set_number("CH12345678");
  EXPECT_EQ(Reason(request), "city_not_served");
}

TEST(Appeal, IsRefusedForASectionThatNoLetterReachesInACityThatIsServed) {
  SubmitAppealRequest request = Good();
  request.mutable_citation()->set_city_id("us-ca-san_francisco");
  EXPECT_TRUE(Check(request).ok());
  request.mutable_citation()->set_number("SFSU123456");
  EXPECT_EQ(Reason(request), "city_not_served");
}

TEST(Appeal, GoesByTheAuthoritysTerms) {
  SubmitAppealRequest request = Good();
  request.mutable_citation()->set_number("RN123456");
  EXPECT_TRUE(Check(request).ok());
  request.set_appeal_type(APPEAL_TYPE_STANDARD);
  EXPECT_THAT(Violations(request), UnorderedElementsAre("appeal_type:certified_required"));
  request.mutable_sender()->set_state("nv");
  EXPECT_THAT(Violations(request),
              UnorderedElementsAre("appeal_type:certified_required", "user_state:not_served"));
}

}  // namespace
}  // namespace fsft::intake
