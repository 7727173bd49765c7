#include "services/intake/registry/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "services/intake/registry.h"
#include "shared/files/read.h"

namespace fsft::intake {

void PrintTo(const Problem& problem, std::ostream* out) {
  *out << problem.row << ": " << problem.reason;
}

namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

json Good() {
  return json::parse(R"json({"cities": [
    {"city_id": "us-ca-oakland", "name": "Oakland", "state": "CA",
     "time_zone": "America/Los_Angeles", "status": "active",
     "sections": [
       {"section_id": "parking", "agency": "Oakland Parking", "appeal_days": 21,
        "patterns": ["^\\d{8}$"], "examples": ["12345678"],
        "address": {"name": "City of Oakland", "address_line1": "1 Plaza", "city": "Oakland",
                    "state": "CA", "zip": "94612"},
        "source": "test", "verified_on": "2026-11-02"},
       {"section_id": "police", "agency": "OPD", "appeal_days": 14,
        "patterns": ["^OPD\\d{6}$"], "examples": ["OPD123456"],
        "routes_to": "parking", "certified_required": true,
        "source": "test", "verified_on": null}]}]})json");
}

json& City(json& file) { return file["cities"][0]; }
json& Parking(json& file) { return City(file)["sections"][0]; }
json& Police(json& file) { return City(file)["sections"][1]; }

Problems ProblemsOf(const std::string& text) {
  Problems problems;
  ReadRegistryFile(text, problems);
  return problems;
}

TEST(RegistryFile, IsReadWithItsRoutesResolved) {
  Problems problems;
  const auto cities = ReadRegistryFile(Good().dump(), problems);
  ASSERT_THAT(problems, IsEmpty());
  ASSERT_EQ(cities.size(), 1u);
  EXPECT_EQ(cities[0].time_zone, "America/Los_Angeles");
  EXPECT_EQ(cities[0].blocked_reason, "");
  const SectionEntry &parking = cities[0].sections[0], &police = cities[0].sections[1];
  EXPECT_EQ(parking.verified_on, "2026-11-02");
  EXPECT_FALSE(parking.certified_required);
  EXPECT_EQ(police.verified_on, "");
  EXPECT_TRUE(police.certified_required);
  EXPECT_EQ(police.address.address_line1(), "1 Plaza");
}

struct BadFile {
  const char* name;
  std::function<void(json&)> spoil;
  const char* row;
  const char* reason;
};

class BadFiles : public testing::TestWithParam<BadFile> {};

TEST_P(BadFiles, AreRefusedWithRowAndReason) {
  json file = Good();
  GetParam().spoil(file);
  EXPECT_THAT(ProblemsOf(file.dump()), ElementsAre(Problem{GetParam().row, GetParam().reason}));
}

constexpr char kOakland[] = "us-ca-oakland";
constexpr char kParking[] = "us-ca-oakland/parking";
constexpr char kPolice[] = "us-ca-oakland/police";

INSTANTIATE_TEST_SUITE_P(
    RegistryFile, BadFiles,
    testing::Values(
        BadFile{"NoCities", [](json& f) { f["cities"] = json::array(); }, "file",
                "cities: must not be empty"},
        BadFile{"StrangeName", [](json& f) { f["city"] = 1; }, "file", "city: is no field of it"},
        BadFile{"CityThatIsNoObject", [](json& f) { f["cities"].push_back(7); }, "?",
                "must be an object"},
        BadFile{"CityTwice", [](json& f) { f["cities"].push_back(City(f)); }, kOakland,
                "city_id: comes twice"},
        BadFile{"IdOfAnotherState", [](json& f) { City(f)["state"] = "NV"; }, kOakland,
                "city_id: must be us-<state>-<name> with the city's state"},
        BadFile{"NoSuchState",
                [](json& f) {
                  City(f)["city_id"] = "us-zz-oakland";
                  City(f)["state"] = "ZZ";
                },
                "us-zz-oakland", "state: must be the two letters of a US state or territory"},
        BadFile{"NoName", [](json& f) { City(f).erase("name"); }, kOakland, "name: is missing"},
        BadFile{"EmptyName", [](json& f) { City(f)["name"] = ""; }, kOakland,
                "name: must not be empty"},
        BadFile{"UnknownZone", [](json& f) { City(f)["time_zone"] = "America/Atlantis"; }, kOakland,
                "time_zone: must be an American zone of the IANA list"},
        BadFile{"ZoneWithoutDaylightSaving", [](json& f) { City(f)["time_zone"] = "UTC"; },
                kOakland, "time_zone: must be an American zone of the IANA list"},
        BadFile{"UnknownStatus", [](json& f) { City(f)["status"] = "beta"; }, kOakland,
                "status: must be active or blocked"},
        BadFile{"BlockedWithoutAReason", [](json& f) { City(f)["status"] = "blocked"; }, kOakland,
                "blocked_reason: is missing"},
        BadFile{"BlockedForAnUnknownReason",
                [](json& f) {
                  City(f)["status"] = "blocked";
                  City(f)["blocked_reason"] = "because";
                },
                kOakland, "blocked_reason: is no known code"},
        BadFile{"ReasonWithoutBlocking",
                [](json& f) { City(f)["blocked_reason"] = "power_of_attorney"; }, kOakland,
                "blocked_reason: is for blocked cities only"},
        BadFile{"UnauthorizedPractice",
                [](json& f) {
                  City(f)["city_id"] = "us-tx-oakland";
                  City(f)["state"] = "TX";
                },
                "us-tx-oakland", "must be blocked: unauthorized_practice"},
        BadFile{"NoSections", [](json& f) { City(f)["sections"] = json::array(); }, kOakland,
                "sections: must not be empty"},
        BadFile{"SectionTwice",
                [](json& f) {
                  Police(f) = Parking(f);
                  Police(f)["patterns"] = {"^X\\d{8}$"};
                  Police(f)["examples"] = {"X12345678"};
                },
                kParking, "section_id: comes twice in this city"},
        BadFile{"SectionWithASpace", [](json& f) { Police(f)["section_id"] = "the police"; },
                "us-ca-oakland/the police",
                "section_id: must have small letters, digits and _ only"},
        BadFile{"SectionWithoutAName", [](json& f) { Police(f).erase("section_id"); },
                "us-ca-oakland/?", "section_id: is missing"},
        BadFile{"MisspeltFlag", [](json& f) { Police(f)["certifed_required"] = true; }, kPolice,
                "certifed_required: is no field of it"},
        BadFile{"FlagThatIsAText", [](json& f) { Police(f)["certified_required"] = "yes"; },
                kPolice, "certified_required: must be true or false"},
        BadFile{"LongAgency", [](json& f) { Police(f)["agency"] = std::string(41, 'a'); }, kPolice,
                "agency: must have at most 40 characters"},
        BadFile{"NoDays", [](json& f) { Police(f)["appeal_days"] = 0; }, kPolice,
                "appeal_days: must be from 1 to 365"},
        BadFile{"NegativeDays", [](json& f) { Police(f)["appeal_days"] = -21; }, kPolice,
                "appeal_days: must be a whole number"},
        BadFile{"EndlessDays", [](json& f) { Police(f)["appeal_days"] = 1UL << 40; }, kPolice,
                "appeal_days: must be from 1 to 365"},
        BadFile{"NoPattern", [](json& f) { Police(f)["patterns"] = json::array(); }, kPolice,
                "patterns: must not be empty"},
        BadFile{"OpenPattern", [](json& f) { Police(f)["patterns"] = {"OPD\\d{6}"}; }, kPolice,
                "patterns: each must begin with ^ and end with $"},
        BadFile{"PatternThatIsANumber", [](json& f) { Police(f)["patterns"] = {5}; }, kPolice,
                "patterns: must be a list of texts"},
        BadFile{"ExampleThatFitsNothing",
                [](json& f) { Police(f)["examples"].push_back("OPD12345"); }, kPolice,
                "examples: OPD12345 is not a number of this section"},
        BadFile{"ExampleAsItIsPrinted",
                [](json& f) { Police(f)["examples"].push_back("OPD-123456"); }, kPolice,
                "examples: OPD-123456 is not a number of this section"},
        BadFile{"PatternWithoutAnExample",
                [](json& f) { Police(f)["patterns"].push_back("^P\\d{7}$"); }, kPolice,
                "examples: each pattern must have one"},
        BadFile{"SectionsThatCollide",
                [](json& f) { Parking(f)["patterns"] = {"^[A-Z0-9]{8,9}$"}; }, kPolice,
                "examples: OPD123456 is a number of parking too"},
        BadFile{"NoDestination", [](json& f) { Police(f).erase("routes_to"); }, kPolice,
                "must have one of address, routes_to and missing_reason"},
        BadFile{"TwoDestinations", [](json& f) { Police(f)["missing_reason"] = "unknown"; },
                kPolice, "must have one of address, routes_to and missing_reason"},
        BadFile{"RouteToNowhere", [](json& f) { Police(f)["routes_to"] = "sheriff"; }, kPolice,
                "routes_to: must be a section of this city with an address of its own"},
        BadFile{"RouteToItself", [](json& f) { Police(f)["routes_to"] = "police"; }, kPolice,
                "routes_to: must be a section of this city with an address of its own"},
        BadFile{"RouteToAMissingAddress",
                [](json& f) {
                  Parking(f).erase("address");
                  Parking(f)["missing_reason"] = "not_in_source";
                },
                kPolice, "routes_to: must be a section of this city with an address of its own"},
        BadFile{"MissingForAProseReason",
                [](json& f) {
                  Police(f).erase("routes_to");
                  Police(f)["missing_reason"] = "Nobody knows.";
                },
                kPolice, "missing_reason: must be a code"},
        // Defect 19 of the predecessor: such names failed at the printer, after payment.
        BadFile{"LongAddressee",
                [](json& f) { Parking(f)["address"]["name"] = std::string(41, 'n'); }, kParking,
                "address.name: must have at most 40 characters"},
        BadFile{"LongCompany",
                [](json& f) { Parking(f)["address"]["company"] = std::string(41, 'n'); }, kParking,
                "address.company: must have at most 40 characters"},
        BadFile{"LongLine",
                [](json& f) { Parking(f)["address"]["address_line1"] = std::string(65, 'l'); },
                kParking, "address.address_line1: must have at most 64 characters"},
        BadFile{"LongSecondLine",
                [](json& f) { Parking(f)["address"]["address_line2"] = std::string(65, 'l'); },
                kParking, "address.address_line2: must have at most 64 characters"},
        // Defect 29 of the predecessor: an address without city or department was "complete".
        BadFile{"AddressWithoutACity", [](json& f) { Parking(f)["address"].erase("city"); },
                kParking, "address.city: is missing"},
        BadFile{"AddressWithAnEmptyName", [](json& f) { Parking(f)["address"]["name"] = ""; },
                kParking, "address.name: must not be empty"},
        BadFile{"AddressInNoState", [](json& f) { Parking(f)["address"]["state"] = "XX"; },
                kParking, "address.state: must be the two letters of a US state or territory"},
        BadFile{"ShortZip", [](json& f) { Parking(f)["address"]["zip"] = "9461"; }, kParking,
                "address.zip: must be like 12345 or 12345-6789"},
        BadFile{"StrangeAddressLine", [](json& f) { Parking(f)["address"]["address3"] = "x"; },
                kParking, "address.address3: is no field of it"},
        BadFile{"AddressOnOneLine", [](json& f) { Parking(f)["address"] = "1 Plaza, Oakland"; },
                kParking, "address: must be an object"},
        BadFile{"BlockedStateThatIsNone",
                [](json& f) {
                  Police(f)["blocked_sender_states"] = {"NV", "Nevada"};
                },
                kPolice,
                "blocked_sender_states: must be the two letters of a US state or territory"},
        BadFile{"NoSource", [](json& f) { Police(f).erase("source"); }, kPolice,
                "source: is missing"},
        BadFile{"NobodyThoughtOfVerifying", [](json& f) { Police(f).erase("verified_on"); },
                kPolice, "verified_on: is missing"},
        BadFile{"VerifiedOnNoDay", [](json& f) { Police(f)["verified_on"] = "2026-02-30"; },
                kPolice, "verified_on: must be a date like 2026-11-02, or null"}),
    [](const auto& info) { return info.param.name; });

TEST(RegistryFile, TellsEveryProblemAtOnce) {
  json file = Good();
  City(file)["name"] = "";
  Parking(file)["address"]["zip"] = "x";
  Police(file)["appeal_days"] = 400;
  EXPECT_THAT(ProblemsOf(file.dump()),
              ElementsAre(Problem{kOakland, "name: must not be empty"},
                          Problem{kParking, "address.zip: must be like 12345 or 12345-6789"},
                          Problem{kPolice, "appeal_days: must be from 1 to 365"}));
}

TEST(RegistryFile, RefusesAPatternThatIsNoneAndItsExamplesAreNotBlamed) {
  json file = Good();
  Police(file)["patterns"] = {"^([$"};
  const Problems problems = ProblemsOf(file.dump());
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].row, kPolice);
  EXPECT_THAT(problems[0].reason, testing::StartsWith("patterns: bad pattern"));
}

TEST(RegistryFile, RefusesANameThatComesTwiceBecauseReviewersReadTheOtherOne) {
  EXPECT_THAT(ProblemsOf(R"({"cities": [], "cities": []})"),
              ElementsAre(Problem{"file", "cities: comes twice in one object"}));
}

TEST(RegistryFile, RefusesWhatIsNoJson) {
  for (const char* text : {"", "{", "city_id,name", "[1,]"}) {
    const Problems problems = ProblemsOf(text);
    ASSERT_EQ(problems.size(), 1u) << text;
    EXPECT_EQ(problems[0].row, "file");
  }
  EXPECT_THAT(ProblemsOf("[]"), ElementsAre(Problem{"file", "must be an object"}));
}

// --- the reviewed file itself

std::map<std::string, CityEntry> TheCities() {
  Problems problems;
  std::map<std::string, CityEntry> cities;
  for (CityEntry& city : ReadRegistryFile(*files::Read(FSFT_CITIES), problems)) {
    cities[city.city_id] = std::move(city);
  }
  EXPECT_THAT(problems, IsEmpty());
  return cities;
}

TEST(TheCities, AreAllOfBothPredecessors) {
  std::vector<std::string> names;
  for (const auto& [id, city] : TheCities()) names.push_back(city.name);
  EXPECT_THAT(
      names, testing::UnorderedElementsAre(
                 "San Francisco", "Los Angeles", "San Diego", "New York", "Chicago", "Philadelphia",
                 "Boston", "Baltimore", "Denver", "Washington", "Oakland", "Sacramento", "Atlanta",
                 "Miami", "Louisville", "Detroit", "Minneapolis", "Charlotte", "Portland",
                 "Phoenix", "Seattle", "Dallas", "Houston", "Salt Lake City"));
}

TEST(TheCities, AreBlockedWhereAPredecessorWasNotAllowedToWrite) {
  std::map<std::string, std::string> blocked;
  for (const auto& [id, city] : TheCities()) {
    if (!city.blocked_reason.empty()) blocked[id] = city.blocked_reason;
  }
  EXPECT_EQ(blocked,
            (std::map<std::string, std::string>{{"us-dc-washington", "power_of_attorney"},
                                                {"us-il-chicago", "blocked_in_source"},
                                                {"us-nc-charlotte", "unauthorized_practice"},
                                                {"us-tx-dallas", "unauthorized_practice"},
                                                {"us-tx-houston", "unauthorized_practice"},
                                                {"us-wa-seattle", "unauthorized_practice"}}));
}

TEST(TheCities, AreUnverifiedUntilSomebodyHasAsked) {
  for (const auto& [id, city] : TheCities()) {
    for (const SectionEntry& section : city.sections) EXPECT_EQ(section.verified_on, "") << id;
  }
}

TEST(TheCities, LeaveLapdsNumbersToLapd) {
  const CityEntry los_angeles = TheCities().at("us-ca-los_angeles");
  for (const SectionEntry& section : los_angeles.sections) {
    const bool knows = std::any_of(
        section.patterns.begin(), section.patterns.end(), [](const std::string& pattern) {
          return std::regex_match("LAPD123456", *CompilePattern(pattern));
        });
    EXPECT_EQ(knows, section.section_id == "lapd") << section.section_id;
  }
}

}  // namespace
}  // namespace fsft::intake
