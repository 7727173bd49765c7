#include "services/intake/citation_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/intake/citation_format.h"
#include "services/intake/registry/file.h"
#include "shared/files/read.h"
#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

using fightsftickets::intake::v1::ValidateCitationRequest;
using fightsftickets::intake::v1::ValidateCitationResponse;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

// Noon in San Francisco on 2026-11-22.
const time::TimePoint kNow = *time::ParseRfc3339("2026-11-22T20:00:00Z");

std::vector<AuthorityRow> RowsOf(const CityEntry& city) {
  std::vector<AuthorityRow> rows;
  for (const SectionEntry& section : city.sections) {
    rows.push_back({.city_id = city.city_id,
                    .section_id = section.section_id,
                    .time_zone = city.time_zone,
                    .blocked = !city.blocked_reason.empty(),
                    .patterns = section.patterns,
                    .appeal_days = section.appeal_days,
                    .agency = section.address,
                    .city_name = city.name,
                    .state = city.state,
                    .short_name = section.agency,
                    .has_address = section.missing_reason.empty(),
                    .certified_required = section.certified_required,
                    .power_of_attorney = section.power_of_attorney});
  }
  return rows;
}

// The reviewed file, as the service has it.
Registry TheRegistry() {
  Problems problems;
  std::vector<AuthorityRow> rows;
  for (const CityEntry& city : ReadRegistryFile(*files::Read(FSFT_CITIES), problems)) {
    for (AuthorityRow& row : RowsOf(city)) rows.push_back(std::move(row));
  }
  return *Registry::Create(rows, ServedUnverified({"us-ca-san_francisco"}));
}

ValidateCitationRequest Number(const std::string& number, const std::string& city = "",
                               const std::string& date = "") {
  ValidateCitationRequest request;
  request.set_citation_number(number);
  request.set_city_id(city);
  request.set_violation_date(date);
  return request;
}

absl::StatusOr<ValidateCitationResponse> Try(const ValidateCitationRequest& request) {
  static const Registry& registry = *new Registry(TheRegistry());
  return CheckCitationNumber(request, registry, kNow);
}

ValidateCitationResponse Check(const ValidateCitationRequest& request) { return *Try(request); }

std::vector<std::string> Matches(const ValidateCitationResponse& response) {
  std::vector<std::string> found;
  for (const auto& match : response.matches()) {
    found.push_back(match.city_id() + "/" + match.section_id());
  }
  return found;
}

std::string DateViolation(const ValidateCitationRequest& request) {
  const rpc::ErrorDetail detail = rpc::DetailOf(Try(request).status());
  return detail.field_violations().empty() ? "" : detail.field_violations(0).code();
}

TEST(CitationCheck, TellsTheAuthorityWithinTheChosenCity) {
  const auto response = Check(Number(" 912-345.678 ", "us-ca-san_francisco"));
  EXPECT_TRUE(response.is_valid());
  EXPECT_FALSE(response.ambiguous());
  EXPECT_EQ(response.citation_number(), "912345678");
  EXPECT_EQ(response.formatted_citation(), "912-345-678");
  EXPECT_EQ(response.appeal_days(), 21);
  EXPECT_EQ(response.message(), "");
  ASSERT_EQ(response.matches_size(), 1);
  EXPECT_EQ(response.matches(0).agency(), "SFMTA");
  EXPECT_FALSE(response.matches(0).verified());
  EXPECT_TRUE(response.matches(0).is_served());
}

TEST(CitationCheck, TakesSmallLettersForTheSameNumber) {
  EXPECT_THAT(Matches(Check(Number("lapd123456", "us-ca-los_angeles"))),
              ElementsAre("us-ca-los_angeles/lapd"));
}

struct FaultyNumber {
  const char* number;
  const char* message;
};

// Among them defect 32 of the predecessor, whose "A!!!!!" was a citation.
TEST(CitationCheck, NeverTakesMoneyForWhatIsNoNumber) {
  const FaultyNumber cases[] = {
      {"", "The citation number must not be empty."},
      {"   ", "The citation number must not be empty."},
      {"---", "The citation number must not be empty."},
      {"12345", "The citation number must have at least 6 characters."},
      {"1-2-3-4-5", "The citation number must have at least 6 characters."},
      {"123456789012345678901", "The citation number must have at most 20 characters."},
      {"!!!!!!", "The citation number must have letters and digits only."},
      {"A!!!!!", "The citation number must have letters and digits only."},
      {"91234567\xc3\xa9", "The citation number must have letters and digits only."},
      {"91234567\xff", "The citation number must have letters and digits only."},
      {"000000000", "The citation number must not be one character repeated."},
      {"AAAAAAAA", "The citation number must not be one character repeated."},
      {"1234567890123", "This is not a citation number that we know how to appeal."},
  };
  for (const FaultyNumber& one : cases) {
    const auto response = Check(Number(one.number));
    EXPECT_FALSE(response.is_valid()) << one.number;
    EXPECT_EQ(response.message(), one.message) << one.number;
    EXPECT_THAT(Matches(response), IsEmpty()) << one.number;
  }
}

TEST(CitationCheck, TakesAMegabyteForTooLongAndShowsItToNoPattern) {
  EXPECT_EQ(Check(Number(std::string(1 << 20, '9'))).message(),
            "The citation number must have at most 20 characters.");
}

// Defect 26 of the predecessor: the first city in the order of its files took the number.
TEST(CitationCheck, NeverSendsALetterToACityThatHappensToComeFirst) {
  const auto response = Check(Number("912345678", "", "2026-11-10"));
  EXPECT_TRUE(response.is_valid());
  EXPECT_TRUE(response.ambiguous());
  EXPECT_THAT(Matches(response),
              testing::IsSupersetOf({"us-ca-san_francisco/sfmta", "us-pa-philadelphia/baa",
                                     "us-md-baltimore/parking"}));
  EXPECT_FALSE(response.has_deadline());
  EXPECT_EQ(response.appeal_days(), 0);

  for (const char* number : {"SD7654321", "BO7654321", "DN7654321"}) {
    EXPECT_TRUE(Check(Number(number)).ambiguous()) << number;
  }
  EXPECT_THAT(Matches(Check(Number("BO7654321", "us-ma-boston"))),
              ElementsAre("us-ma-boston/parking"));
}

// Defect 27 of the predecessor: what one caller had asked was answered to the next.
TEST(CitationCheck, NeverLearnsAnotherCityFromAnotherCustomer) {
  EXPECT_THAT(Matches(Check(Number("BPD123456", "us-ma-boston"))),
              ElementsAre("us-ma-boston/police"));
  EXPECT_THAT(Matches(Check(Number("BPD123456", "us-md-baltimore"))),
              ElementsAre("us-md-baltimore/police"));
  // The number that stands as an example with Phoenix is as good a number of Oakland.
  EXPECT_THAT(Matches(Check(Number("12345678", "us-ca-oakland"))),
              ElementsAre("us-ca-oakland/parking"));
}

// Defect 31 of the predecessor: after a question without a date, no date was ever late.
TEST(CitationCheck, NeverHidesAPassedDeadlineBecauseSomebodyAskedWithoutADate) {
  EXPECT_FALSE(Check(Number("912345678", "us-ca-san_francisco")).has_deadline());
  const auto dated = Check(Number("912345678", "us-ca-san_francisco", "2020-01-15"));
  EXPECT_EQ(dated.deadline().date(), "2020-02-05");
  EXPECT_TRUE(dated.deadline().is_past());
  EXPECT_EQ(dated.deadline().days_remaining(), 0);
}

TEST(CitationCheck, SaysWhereANumberFitsThatIsNotTheChosenCitys) {
  const auto response = Check(Number("LAPD123456", "us-ca-san_francisco"));
  EXPECT_FALSE(response.is_valid());
  EXPECT_TRUE(response.city_mismatch());
  EXPECT_FALSE(response.ambiguous());
  EXPECT_THAT(Matches(response), Contains("us-ca-los_angeles/lapd"));
  EXPECT_THAT(Matches(response), Not(Contains("us-ca-los_angeles/ladot")));
  EXPECT_NE(response.message(), "");
}

TEST(CitationCheck, FindsWithinTheChosenSectionOnly) {
  ValidateCitationRequest request = Number("912345678", "us-ca-san_francisco");
  request.set_section_id("sfpd");
  EXPECT_FALSE(Check(request).is_valid());
  request.set_section_id("sfmta");
  EXPECT_TRUE(Check(request).is_valid());
}

TEST(CitationCheck, KnowsEachCitysOwnDays) {
  EXPECT_EQ(Check(Number("NYC12345678", "us-ny-new_york")).appeal_days(), 30);
  EXPECT_EQ(Check(Number("DN7654321", "us-co-denver")).appeal_days(), 20);
  EXPECT_EQ(Check(Number("912345678", "us-ca-san_francisco", "2024-01-15")).deadline().date(),
            "2024-02-05");
}

TEST(CitationCheck, CountsTheDeadlineDayItself) {
  const auto today = Check(Number("912345678", "us-ca-san_francisco", "2026-11-01")).deadline();
  EXPECT_FALSE(today.is_past());
  EXPECT_TRUE(today.is_urgent());
  EXPECT_EQ(today.days_remaining(), 0);
  EXPECT_TRUE(Check(Number("912345678", "us-ca-san_francisco", "2026-10-31")).deadline().is_past());
}

TEST(CitationCheck, FindsAnOddPlateWorthAWordAndNoObstacle) {
  for (const char* plate : {"A", "ABCDEFGHI"}) {
    ValidateCitationRequest request = Number("912345678", "us-ca-san_francisco");
    request.set_license_plate(plate);
    EXPECT_TRUE(Check(request).is_valid()) << plate;
    EXPECT_EQ(Check(request).message(), "A license plate usually has 2 to 8 characters.");
  }
  ValidateCitationRequest request = Number("912345678", "us-ca-san_francisco");
  request.set_license_plate("8ABC 123");
  EXPECT_EQ(Check(request).message(), "");
}

TEST(CitationCheck, RefusesADateThatIsNoneOrLiesAhead) {
  constexpr char kSanFrancisco[] = "us-ca-san_francisco";
  EXPECT_EQ(DateViolation(Number("912345678", kSanFrancisco, "11/10/2026")), "invalid");
  EXPECT_EQ(DateViolation(Number("912345678", kSanFrancisco, "0026-11-10")), "invalid");
  EXPECT_EQ(DateViolation(Number("912345678", kSanFrancisco, "2026-11-23")), "in_future");
  EXPECT_EQ(DateViolation(Number("912345678", kSanFrancisco, "2026-11-22")), "");
  EXPECT_EQ(DateViolation(Number("912345678", "", "2026-11-23")), "in_future");
  EXPECT_EQ(DateViolation(Number("", "", "yesterday")), "invalid");
}

TEST(DisplayCitation, GroupsLongNumbers) {
  EXPECT_EQ(DisplayCitation("12345678"), "12345678");
  EXPECT_EQ(DisplayCitation("912345678"), "912-345-678");
  EXPECT_EQ(DisplayCitation("SFMTA12345678"), "SFM-TA1-2345678");
}

TEST(CityList, ShowsEveryCityWithItsSectionsAndWhatIsServed) {
  const auto cities = CityList(TheRegistry()).cities();
  ASSERT_EQ(cities.size(), 24);
  for (const auto& city : cities) {
    EXPECT_EQ(city.is_served(), city.city_id() == "us-ca-san_francisco") << city.city_id();
    EXPECT_GT(city.sections_size(), 0) << city.city_id();
    EXPECT_FALSE(city.sections(0).verified());
  }
  const auto& phoenix = cities[0];
  EXPECT_EQ(phoenix.city_id(), "us-az-phoenix");
  EXPECT_EQ(phoenix.name(), "Phoenix");
  EXPECT_EQ(phoenix.state(), "AZ");
  EXPECT_EQ(phoenix.time_zone(), "America/Phoenix");
  EXPECT_EQ(phoenix.sections(0).agency(), "Phoenix Parking");
  EXPECT_EQ(phoenix.sections(0).appeal_days(), 21);
  EXPECT_TRUE(cities[1].sections(0).certified_required());
}

TEST(CityList, LeavesOutWhatHasLeftTheFile) {
  std::vector<AuthorityRow> rows(1);
  rows[0].city_id = "us-ca-oakland";
  rows[0].time_zone = "America/Los_Angeles";
  rows[0].withdrawn = true;
  EXPECT_EQ(CityList(*Registry::Create(rows, ServedUnverified::All())).cities_size(), 0);
}

}  // namespace
}  // namespace fsft::intake
