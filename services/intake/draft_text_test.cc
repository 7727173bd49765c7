#include "services/intake/draft_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "services/intake/text.h"
#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

using fightsftickets::intake::v1::GenerateDraftRequest;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

// Noon in San Francisco on 2026-11-22.
const time::TimePoint kNow = *time::ParseRfc3339("2026-11-22T20:00:00Z");

AuthorityRow Row(const char* city_id, const char* city, const char* state, const char* pattern) {
  AuthorityRow row;
  row.city_id = city_id;
  row.section_id = "parking";
  row.time_zone = "America/New_York";
  row.patterns = {pattern};
  row.appeal_days = 21;
  row.city_name = city;
  row.state = state;
  row.short_name = std::string(city) + " Parking";
  return row;
}

absl::StatusOr<std::string> Try(const GenerateDraftRequest& request) {
  AuthorityRow blocked = Row("us-il-chicago", "Chicago", "IL", "^CH\\d{8}$");
  blocked.blocked = true;
  const Registry registry =
      *Registry::Create({Row("us-ca-san_francisco", "San Francisco", "CA", "^9\\d{8}$"),
                         Row("us-ma-boston", "Boston", "MA", "^BO\\d{7}$"), blocked},
                        ServedUnverified::All());
  return WriteDraft(request, registry, kNow);
}

constexpr char kStory[] =
    "I forgot my badge and nothing was around the right sign.\n\n"
    "  The meter said {date_str} <b>\"OUT OF ORDER\"</b> %s & it was.";

GenerateDraftRequest Good() {
  GenerateDraftRequest request;
  request.mutable_citation()->set_number("912-345-678");
  request.mutable_citation()->set_city_id("us-ca-san_francisco");
  request.mutable_citation()->set_violation_date("2026-11-02");
  request.mutable_citation()->set_license_plate("8ABC123");
  request.mutable_citation()->set_vehicle_info("blue Honda Civic");
  request.set_user_name("Jordan Doe");
  request.set_story(kStory);
  return request;
}

std::vector<std::string> Violations(const GenerateDraftRequest& request) {
  std::vector<std::string> found;
  const rpc::ErrorDetail detail = rpc::DetailOf(Try(request).status());
  for (const auto& one : detail.field_violations()) found.push_back(one.field() + ":" + one.code());
  return found;
}

TEST(DraftText, SaysEveryFactOnce) {
  EXPECT_EQ(*Try(Good()),
            "To Whom It May Concern:\n\n"
            "My name is Jordan Doe. I am writing to appeal parking citation 912-345-678, issued in "
            "San Francisco on November 2, 2026 (vehicle: blue Honda Civic; license plate: "
            "8ABC123). I understand that it is handled by San Francisco Parking.\n\n"
            "The following is my own account:\n\n" +
                std::string(kStory) +
                "\n\nI respectfully request a review of this citation under California Vehicle "
                "Code section 40215, and that it be dismissed. Please send your decision to my "
                "address above.\n\nRespectfully,");
}

// Defect 34 of the predecessor: its words were replaced inside the customer's, or lost for a
// template's "{refined}", and the result could be paid for.
TEST(DraftText, NeverMailsAnythingButTheCustomersOwnWords) {
  EXPECT_THAT(*Try(Good()), HasSubstr(std::string("\n\n") + kStory + "\n\n"));
}

// Defect 28 of the predecessor.
TEST(DraftText, NeverCitesCaliforniasLawToBoston) {
  GenerateDraftRequest request = Good();
  request.mutable_citation()->set_number("BO1234567");
  request.mutable_citation()->set_city_id("us-ma-boston");
  EXPECT_THAT(*Try(request), Not(HasSubstr("California")));
  EXPECT_THAT(*Try(request), Not(HasSubstr("Vehicle Code")));
  EXPECT_THAT(*Try(request), HasSubstr("review of this citation, and that it be dismissed."));
}

TEST(DraftText, LeavesNoHoleWhereAFactIsMissing) {
  GenerateDraftRequest request = Good();
  request.mutable_citation()->clear_vehicle_info();
  EXPECT_THAT(*Try(request), HasSubstr("2026 (license plate: 8ABC123). I"));
  request.mutable_citation()->clear_license_plate();
  EXPECT_THAT(*Try(request), HasSubstr("November 2, 2026. I understand"));
  request.mutable_citation()->set_vehicle_info("blue Honda Civic");
  EXPECT_THAT(*Try(request), HasSubstr("2026 (vehicle: blue Honda Civic). I"));
}

TEST(DraftText, PromisesNothingAndAdvisesNothing) {
  GenerateDraftRequest request = Good();
  request.set_story("The sign was hidden.");
  std::string letter = *Try(request);
  for (const char* forbidden :
       {"you will win", "will be dismissed", "guarantee", "should hire", "lawyer", "attorney",
        "legal advice", "legal rights", "file a complaint", "we represent", "due process",
        "you should", "evidence", "lawsuit", "sue "}) {
    const std::regex phrase(forbidden, std::regex::icase);
    EXPECT_FALSE(std::regex_search(letter, phrase)) << forbidden;
  }
}

TEST(DraftText, CanBeHandedInAsItIs) {
  GenerateDraftRequest request = Good();
  request.set_story("x");
  EXPECT_GE(*CodePoints(*Try(request)), 50u);
  const size_t frame = *CodePoints(*Try(request)) - 1;
  request.set_story(std::string(5000 - frame, 'x'));
  EXPECT_EQ(*CodePoints(*Try(request)), 5000u);
  request.set_story(std::string(5000 - frame + 1, 'x'));
  EXPECT_THAT(Violations(request), UnorderedElementsAre("story:too_long"));
  request.set_story(std::string(5001, 'x'));
  EXPECT_THAT(Violations(request), UnorderedElementsAre("story:too_long"));
}

TEST(DraftText, TellsEverythingThatIsWrongAtOnce) {
  EXPECT_THAT(Violations(GenerateDraftRequest()),
              UnorderedElementsAre("citation_number:required", "violation_date:required",
                                   "user_name:required", "story:required"));
  GenerateDraftRequest request = Good();
  request.mutable_citation()->set_violation_date("2026-11-30");
  request.set_story("\xe2\x80\xae");
  EXPECT_THAT(Violations(request),
              UnorderedElementsAre("violation_date:in_future", "story:invalid_characters"));
}

TEST(DraftText, IsNotWrittenToACityThatIsNotServed) {
  GenerateDraftRequest request = Good();
  request.mutable_citation()->set_number("CH12345678");
  request.mutable_citation()->set_city_id("us-il-chicago");
  EXPECT_EQ(rpc::DetailOf(Try(request).status()).reason(), "city_not_served");
}

}  // namespace
}  // namespace fsft::intake
