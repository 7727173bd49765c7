#include "services/intake/appeal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

using fightsftickets::common::v1::APPEAL_TYPE_CERTIFIED;
using fightsftickets::common::v1::APPEAL_TYPE_UNSPECIFIED;
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
  return *Registry::Create({Sfmta(), blocked, twin, other_twin});
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

TEST(Appeal, HasAnotherSaltEachTime) { EXPECT_NE(Check(Good())->salt(), Check(Good())->salt()); }

struct FieldCase {
  const char* name;
  std::function<void(SubmitAppealRequest&)> change;
  const char* violation;
};

class FieldRules : public testing::TestWithParam<FieldCase> {};

TEST_P(FieldRules, NameTheFieldAndTheCode) {
  SubmitAppealRequest request = Good();
  GetParam().change(request);
  EXPECT_THAT(Violations(request), UnorderedElementsAre(GetParam().violation));
}

using R = SubmitAppealRequest;

INSTANTIATE_TEST_SUITE_P(
    Appeal, FieldRules,
    testing::Values(
        FieldCase{"NoNumber", [](R& r) { r.mutable_citation()->clear_number(); },
                  "citation_number:required"},
        FieldCase{"ShortNumber", [](R& r) { r.mutable_citation()->set_number("12345"); },
                  "citation_number:too_short"},
        FieldCase{"LongNumber",
                  [](R& r) { r.mutable_citation()->set_number(std::string(21, '9')); },
                  "citation_number:too_long"},
        FieldCase{"UnknownNumber", [](R& r) { r.mutable_citation()->set_number("812345678"); },
                  "citation_number:unrecognized"},
        FieldCase{"AmbiguousNumber", [](R& r) { r.mutable_citation()->set_number("BPD123456"); },
                  "city_id:ambiguous"},
        FieldCase{"NumberOfAnotherCity",
                  [](R& r) { r.mutable_citation()->set_city_id("us-ma-boston"); },
                  "citation_number:unrecognized"},
        FieldCase{"NoDate", [](R& r) { r.mutable_citation()->clear_violation_date(); },
                  "violation_date:required"},
        FieldCase{"BadDate", [](R& r) { r.mutable_citation()->set_violation_date("11/10/2026"); },
                  "violation_date:invalid"},
        FieldCase{"Tomorrow", [](R& r) { r.mutable_citation()->set_violation_date("2026-11-23"); },
                  "violation_date:in_future"},
        FieldCase{"AncientDate",
                  [](R& r) { r.mutable_citation()->set_violation_date("2021-11-21"); },
                  "violation_date:too_old"},
        FieldCase{"LongVehicle",
                  [](R& r) { r.mutable_citation()->set_vehicle_info(std::string(201, 'v')); },
                  "vehicle_info:too_long"},
        FieldCase{"LongPlate",
                  [](R& r) { r.mutable_citation()->set_license_plate(std::string(21, 'p')); },
                  "license_plate:too_long"},
        FieldCase{"NoName", [](R& r) { r.mutable_sender()->set_name("  "); }, "user_name:required"},
        FieldCase{"LongName", [](R& r) { r.mutable_sender()->set_name(std::string(41, 'n')); },
                  "user_name:too_long"},
        FieldCase{"NameOfTwoLines", [](R& r) { r.mutable_sender()->set_name("A\nB"); },
                  "user_name:invalid_characters"},
        FieldCase{"BrokenName", [](R& r) { r.mutable_sender()->set_name("\xff"); },
                  "user_name:invalid_characters"},
        FieldCase{"LongLine1",
                  [](R& r) { r.mutable_sender()->set_address_line1(std::string(65, 'a')); },
                  "user_address_line1:too_long"},
        FieldCase{"LongLine2",
                  [](R& r) { r.mutable_sender()->set_address_line2(std::string(65, 'a')); },
                  "user_address_line2:too_long"},
        FieldCase{"NoCity", [](R& r) { r.mutable_sender()->clear_city(); }, "user_city:required"},
        FieldCase{"ThreeLetterState", [](R& r) { r.mutable_sender()->set_state("cal"); },
                  "user_state:invalid"},
        FieldCase{"NoSuchState", [](R& r) { r.mutable_sender()->set_state("XX"); },
                  "user_state:invalid"},
        FieldCase{"ShortZip", [](R& r) { r.mutable_sender()->set_zip("9410"); },
                  "user_zip:invalid"},
        FieldCase{"ZipWithALetter", [](R& r) { r.mutable_sender()->set_zip("9410a"); },
                  "user_zip:invalid"},
        FieldCase{"BadEmail", [](R& r) { r.mutable_sender()->set_email("jordan@example"); },
                  "user_email:invalid"},
        FieldCase{"BadPhone", [](R& r) { r.mutable_sender()->set_phone("call me"); },
                  "user_phone:invalid"},
        FieldCase{"ShortLetter", [](R& r) { r.set_letter_text(std::string(49, 'x')); },
                  "draft_text:too_short"},
        FieldCase{"LongLetter", [](R& r) { r.set_letter_text(std::string(5001, 'x')); },
                  "draft_text:too_long"},
        FieldCase{"LetterWithAnOverride",
                  [](R& r) { r.set_letter_text(std::string(60, 'x') + "\xe2\x80\xae"); },
                  "draft_text:invalid_characters"},
        FieldCase{"NoType", [](R& r) { r.set_appeal_type(APPEAL_TYPE_UNSPECIFIED); },
                  "appeal_type:invalid_choice"},
        FieldCase{"SignatureThatIsNoPng", [](R& r) { r.set_signature_png("GIF89a"); },
                  "signature_data:invalid"},
        FieldCase{"HugeSignature",
                  [](R& r) { r.set_signature_png(std::string(200 * 1024 + 1, 'x')); },
                  "signature_data:too_long"}),
    [](const auto& info) { return info.param.name; });

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

}  // namespace
}  // namespace fsft::intake
