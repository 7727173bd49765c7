// Every rule of a field, as the customer hears it: field, code and message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "services/intake/appeal.h"
#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

using fightsftickets::common::v1::APPEAL_TYPE_STANDARD;
using fightsftickets::common::v1::APPEAL_TYPE_UNSPECIFIED;
using fightsftickets::intake::v1::Citation;
using fightsftickets::intake::v1::Sender;
using fightsftickets::intake::v1::SubmitAppealRequest;
using testing::ElementsAre;
using testing::IsEmpty;

// Noon in San Francisco on 2026-11-22.
const time::TimePoint kNow = *time::ParseRfc3339("2026-11-22T20:00:00Z");

AuthorityRow AuthorityIn(const std::string& city_id, const std::string& pattern) {
  AuthorityRow row{.city_id = city_id,
                   .section_id = "parking",
                   .time_zone = "America/Los_Angeles",
                   .patterns = {pattern},
                   .appeal_days = 21,
                   .agency = {}};
  row.agency.set_name("Citation Review");
  return row;
}

Registry TheRegistry() {
  return *Registry::Create(
      {AuthorityIn("us-ca-san_francisco", "^9\\d{8}$"),
       AuthorityIn("us-md-baltimore", "^BPD\\d{6}$"), AuthorityIn("us-ma-boston", "^BPD\\d{6}$")},
      ServedUnverified::All());
}

SubmitAppealRequest Good() {
  SubmitAppealRequest request;
  Citation& citation = *request.mutable_citation();
  citation.set_number("912345678");
  citation.set_violation_date("2026-11-10");
  citation.set_vehicle_info("Blue Honda Civic");
  Sender& sender = *request.mutable_sender();
  sender.set_name("Jordan Doe");
  sender.set_address_line1("1 Main St");
  sender.set_city("Oakland");
  sender.set_state("CA");
  sender.set_zip("94601");
  request.set_letter_text(std::string(50, 'x'));
  request.set_appeal_type(APPEAL_TYPE_STANDARD);
  return request;
}

// "field code: message" of each violation.
std::vector<std::string> Violations(const SubmitAppealRequest& request) {
  const auto submission = CheckAppeal(request, TheRegistry(), kNow);
  std::vector<std::string> found;
  const rpc::ErrorDetail detail = rpc::DetailOf(submission.status());
  for (const auto& violation : detail.field_violations()) {
    found.push_back(violation.field() + " " + violation.code() + ": " + violation.message());
  }
  if (found.empty() && !submission.ok()) found.push_back(detail.reason());
  return found;
}

std::string Repeated(int count, const std::string& part) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

struct Rule {
  const char* name;
  std::function<void(SubmitAppealRequest&, Citation&, Sender&)> change;
  const char* violation;
};

void PrintTo(const Rule& rule, std::ostream* out) { *out << rule.name; }

class FieldRules : public testing::TestWithParam<Rule> {
 protected:
  static SubmitAppealRequest Changed() {
    SubmitAppealRequest request = Good();
    GetParam().change(request, *request.mutable_citation(), *request.mutable_sender());
    return request;
  }
};

using R = SubmitAppealRequest;
using C = Citation;
using S = Sender;
using Refused = FieldRules;
using Taken = FieldRules;

TEST_P(Refused, WithFieldCodeAndMessage) {
  EXPECT_THAT(Violations(Changed()), ElementsAre(GetParam().violation));
}

INSTANTIATE_TEST_SUITE_P(
    Citation, Refused,
    testing::Values(
        Rule{"NoNumber", [](R&, C& c, S&) { c.clear_number(); },
             "citation_number required: must not be empty"},
        Rule{"ShortNumber", [](R&, C& c, S&) { c.set_number("12345"); },
             "citation_number too_short: must have at least 6 characters"},
        Rule{"LongNumber", [](R&, C& c, S&) { c.set_number(std::string(21, '9')); },
             "citation_number too_long: must have at most 20 characters"},
        Rule{"UnknownNumber", [](R&, C& c, S&) { c.set_number("812345678"); },
             "citation_number unrecognized: is not a citation number that we know how to appeal"},
        Rule{"NumberOfAnotherCity", [](R&, C& c, S&) { c.set_city_id("us-ma-boston"); },
             "citation_number unrecognized: is not a citation number that we know how to appeal"},
        Rule{"NumberWithoutDigits", [](R&, C& c, S&) { c.set_number("A!!!!!"); },
             "citation_number invalid: must have letters and digits only"},
        Rule{"NumberInFullWidthDigits", [](R&, C& c, S&) { c.set_number("９１２３４５６７８"); },
             "citation_number invalid: must have letters and digits only"},
        Rule{"NumberOfOneDigit", [](R&, C& c, S&) { c.set_number("999-999-999"); },
             "citation_number invalid: must not be one character repeated"},
        Rule{"ShortNumberWithDashes", [](R&, C& c, S&) { c.set_number("9-1-2-3"); },
             "citation_number too_short: must have at least 6 characters"},
        Rule{"AmbiguousNumber", [](R&, C& c, S&) { c.set_number("BPD123456"); },
             "city_id ambiguous: must be given, because the number fits more than one authority"},
        Rule{"NoDate", [](R&, C& c, S&) { c.clear_violation_date(); },
             "violation_date required: must not be empty"},
        Rule{"AmericanDate", [](R&, C& c, S&) { c.set_violation_date("11/10/2026"); },
             "violation_date invalid: must be a date like 2026-11-02"},
        Rule{"DayThatIsNone", [](R&, C& c, S&) { c.set_violation_date("2026-02-30"); },
             "violation_date invalid: must be a date like 2026-11-02"},
        Rule{"MegabyteOfDate",
             [](R&, C& c, S&) { c.set_violation_date(std::string(1 << 20, '1')); },
             "violation_date invalid: must be a date like 2026-11-02"},
        Rule{"Tomorrow", [](R&, C& c, S&) { c.set_violation_date("2026-11-23"); },
             "violation_date in_future: must not be in the future"},
        Rule{"DateOfLongAgo", [](R&, C& c, S&) { c.set_violation_date("2021-11-21"); },
             "violation_date too_old: must not be more than five years ago"},
        Rule{"LongVehicle", [](R&, C& c, S&) { c.set_vehicle_info(std::string(201, 'v')); },
             "vehicle_info too_long: must have at most 200 characters"},
        Rule{"LongPlate", [](R&, C& c, S&) { c.set_license_plate(std::string(21, 'p')); },
             "license_plate too_long: must have at most 20 characters"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Sender, Refused,
    testing::Values(
        Rule{"BlankName", [](R&, C&, S& s) { s.set_name("  "); },
             "user_name required: must not be empty"},
        Rule{"InvisibleName", [](R&, C&, S& s) { s.set_name("\u200b\u3164"); },
             "user_name required: must have a visible character"},
        // The printer takes 40, and says so only after the customer has paid (defect 19).
        Rule{"LongName", [](R&, C&, S& s) { s.set_name(std::string(41, 'n')); },
             "user_name too_long: must have at most 40 characters"},
        Rule{"NoLine1", [](R&, C&, S& s) { s.clear_address_line1(); },
             "user_address_line1 required: must not be empty"},
        Rule{"LongLine1", [](R&, C&, S& s) { s.set_address_line1(std::string(65, 'a')); },
             "user_address_line1 too_long: must have at most 64 characters"},
        Rule{"LongLine2", [](R&, C&, S& s) { s.set_address_line2(std::string(65, 'a')); },
             "user_address_line2 too_long: must have at most 64 characters"},
        Rule{"NoCity", [](R&, C&, S& s) { s.clear_city(); },
             "user_city required: must not be empty"},
        Rule{"LongCity", [](R&, C&, S& s) { s.set_city(std::string(51, 'c')); },
             "user_city too_long: must have at most 50 characters"},
        Rule{"NoState", [](R&, C&, S& s) { s.clear_state(); },
             "user_state required: must not be empty"},
        Rule{"ThreeLetterState", [](R&, C&, S& s) { s.set_state("cal"); },
             "user_state invalid: must be the two letters of a US state or territory"},
        Rule{"NoSuchState", [](R&, C&, S& s) { s.set_state("XX"); },
             "user_state invalid: must be the two letters of a US state or territory"},
        Rule{"NoZip", [](R&, C&, S& s) { s.clear_zip(); }, "user_zip required: must not be empty"},
        Rule{"ShortZip", [](R&, C&, S& s) { s.set_zip("9410"); },
             "user_zip invalid: must be like 12345 or 12345-6789"},
        Rule{"ZipWithALetter", [](R&, C&, S& s) { s.set_zip("9410a"); },
             "user_zip invalid: must be like 12345 or 12345-6789"},
        Rule{"LongZipWithoutDash", [](R&, C&, S& s) { s.set_zip("941021234"); },
             "user_zip invalid: must be like 12345 or 12345-6789"},
        Rule{"EmailWithoutATop", [](R&, C&, S& s) { s.set_email("jordan@example"); },
             "user_email invalid: must be an email address"},
        Rule{"TwoEmails", [](R&, C&, S& s) { s.set_email("a@example.com,b@example.com"); },
             "user_email invalid: must be an email address"},
        Rule{"EmailWithABlank", [](R&, C&, S& s) { s.set_email("jordan doe@example.com"); },
             "user_email invalid: must be an email address"},
        Rule{"EmailThatReadsBackwards",
             [](R&, C&, S& s) { s.set_email("jordan\u202e@example.com"); },
             "user_email invalid_characters: has characters that cannot be printed"},
        Rule{"LongEmail", [](R&, C&, S& s) { s.set_email(std::string(250, 'e') + "@x.org"); },
             "user_email too_long: must have at most 254 characters"},
        Rule{"PhoneInWords", [](R&, C&, S& s) { s.set_phone("call me"); },
             "user_phone invalid: must be a phone number"},
        Rule{"PhoneOfSixDigits", [](R&, C&, S& s) { s.set_phone("555-010"); },
             "user_phone invalid: must be a phone number"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Letter, Refused,
    testing::Values(
        Rule{"NoLetter", [](R& r, C&, S&) { r.clear_letter_text(); },
             "draft_text required: must not be empty"},
        Rule{"ShortLetter", [](R& r, C&, S&) { r.set_letter_text(std::string(49, 'x')); },
             "draft_text too_short: must have at least 50 characters"},
        Rule{"LetterShortWithoutItsBlanks",
             [](R& r, C&, S&) { r.set_letter_text("\n" + std::string(49, 'x') + "  "); },
             "draft_text too_short: must have at least 50 characters"},
        Rule{"LongLetter", [](R& r, C&, S&) { r.set_letter_text(std::string(5001, 'x')); },
             "draft_text too_long: must have at most 5000 characters"},
        Rule{"InvisibleLetter", [](R& r, C&, S&) { r.set_letter_text(Repeated(50, "\u200b")); },
             "draft_text required: must have a visible character"},
        Rule{"NoType", [](R& r, C&, S&) { r.set_appeal_type(APPEAL_TYPE_UNSPECIFIED); },
             "appeal_type invalid_choice: must be standard or certified"},
        Rule{"SignatureThatIsNoPng", [](R& r, C&, S&) { r.set_signature_png("GIF89a"); },
             "signature_data invalid: must be a PNG image"},
        Rule{"HugeSignature",
             [](R& r, C&, S&) { r.set_signature_png(std::string(200 * 1024 + 1, 'x')); },
             "signature_data too_long: must have at most 204800 bytes"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Characters, Refused,
    testing::Values(
        Rule{"NameOfTwoLines", [](R&, C&, S& s) { s.set_name("A\nB"); },
             "user_name invalid_characters: has characters that cannot be printed"},
        Rule{"NameOfTwoUnicodeLines", [](R&, C&, S& s) { s.set_name("A\u2028B"); },
             "user_name invalid_characters: has characters that cannot be printed"},
        Rule{"NameThatIsNoUtf8", [](R&, C&, S& s) { s.set_name("\xff"); },
             "user_name invalid_characters: must be valid UTF-8"},
        Rule{"NameWithNul", [](R&, C&, S& s) { s.set_name(std::string("A\0B", 3)); },
             "user_name invalid_characters: has characters that cannot be printed"},
        Rule{"LetterWithNul",
             [](R& r, C&, S&) { r.set_letter_text(std::string(50, 'x') + std::string("\0y", 2)); },
             "draft_text invalid_characters: has characters that cannot be printed"},
        Rule{"LetterWithABell",
             [](R& r, C&, S&) { r.set_letter_text(std::string(50, 'x') + "\ay"); },
             "draft_text invalid_characters: has characters that cannot be printed"},
        Rule{"LetterWithAnOverride",
             [](R& r, C&, S&) { r.set_letter_text(std::string(60, 'x') + "\u202ey"); },
             "draft_text invalid_characters: has characters that cannot be printed"},
        Rule{"LetterThatNoFontHas",
             [](R& r, C&, S&) { r.set_letter_text(std::string(60, 'x') + "\u0378"); },
             "draft_text unprintable_character: has the character U+0378, which cannot be printed"},
        Rule{"NameThatNoFontHas", [](R&, C&, S& s) { s.set_name("Jordan \ue000"); },
             "user_name unprintable_character: has the character U+E000, which cannot be printed"},
        Rule{"PlateThatNoFontHas", [](R&, C& c, S&) { c.set_license_plate("8ABC\ufdd0"); },
             "license_plate unprintable_character: has the character U+FDD0, which cannot be "
             "printed"},
        Rule{"EmailThatNoFontHas", [](R&, C&, S& s) { s.set_email("\u0378@example.com"); },
             "user_email unprintable_character: has the character U+0378, which cannot be printed"},
        Rule{"NameUnderTwentyMarks",
             [](R&, C&, S& s) { s.set_name("Jordan" + Repeated(20, "\u0301")); },
             "user_name too_many_marks: has a character with too many marks on it"}),
    [](const auto& info) { return info.param.name; });

// A megabyte in any field is measured, not read.
INSTANTIATE_TEST_SUITE_P(
    Megabyte, Refused,
    testing::Values(Rule{"Name", [](R&, C&, S& s) { s.set_name(std::string(1 << 20, 'x')); },
                         "user_name too_long: must have at most 40 characters"},
                    Rule{"NameThatIsNoUtf8",
                         [](R&, C&, S& s) { s.set_name(std::string(1 << 20, '\xff')); },
                         "user_name too_long: must have at most 40 characters"},
                    Rule{"Marks",
                         [](R& r, C&, S&) { r.set_letter_text(Repeated(1 << 19, "\u0301")); },
                         "draft_text too_long: must have at most 5000 characters"},
                    Rule{"Number", [](R&, C& c, S&) { c.set_number(std::string(1 << 20, '9')); },
                         "citation_number too_long: must have at most 20 characters"},
                    Rule{"Zip", [](R&, C&, S& s) { s.set_zip(std::string(1 << 20, '9')); },
                         "user_zip invalid: must be like 12345 or 12345-6789"},
                    Rule{"Email", [](R&, C&, S& s) { s.set_email(std::string(1 << 20, '@')); },
                         "user_email too_long: must have at most 254 characters"},
                    Rule{"Phone", [](R&, C&, S& s) { s.set_phone(std::string(1 << 20, '5')); },
                         "user_phone invalid: must be a phone number"}),
    [](const auto& info) { return info.param.name; });

TEST_P(Taken, WithoutAWord) { EXPECT_THAT(Violations(Changed()), IsEmpty()); }

INSTANTIATE_TEST_SUITE_P(
    Limits, Taken,
    testing::Values(
        Rule{"LongestName", [](R&, C&, S& s) { s.set_name(std::string(40, 'n')); }, ""},
        Rule{"LongestLines",
             [](R&, C&, S& s) {
               s.set_address_line1(std::string(64, 'a'));
               s.set_address_line2(std::string(64, 'a'));
             },
             ""},
        Rule{"LongestCity", [](R&, C&, S& s) { s.set_city(std::string(50, 'c')); }, ""},
        Rule{"LongestVehicle", [](R&, C& c, S&) { c.set_vehicle_info(std::string(200, 'v')); }, ""},
        Rule{"NoVehicle", [](R&, C& c, S&) { c.clear_vehicle_info(); }, ""},
        Rule{"LongestPlate", [](R&, C& c, S&) { c.set_license_plate(std::string(20, 'p')); }, ""},
        Rule{"LongestLetter", [](R& r, C&, S&) { r.set_letter_text(std::string(5000, 'x')); }, ""},
        // Forty characters, but eighty code points as they were typed.
        Rule{"NameOfLettersAndMarks", [](R&, C&, S& s) { s.set_name(Repeated(40, "e\u0301")); },
             ""},
        Rule{"LowerCaseState", [](R&, C&, S& s) { s.set_state(" ca "); }, ""},
        Rule{"MilitaryPost", [](R&, C&, S& s) { s.set_state("AP"); }, ""},
        Rule{"LongZip", [](R&, C&, S& s) { s.set_zip("94102-1234"); }, ""},
        Rule{"NumberWithDashes", [](R&, C& c, S&) { c.set_number("912-345 678"); }, ""},
        Rule{"FiveYearsAgo",
             [](R& r, C& c, S&) {
               c.set_violation_date("2021-11-22");
               r.set_accept_late(true);
             },
             ""},
        Rule{"Today", [](R&, C& c, S&) { c.set_violation_date("2026-11-22"); }, ""}),
    [](const auto& info) { return info.param.name; });

TEST(FieldRules, StateAndNamesAreStoredAsTheyWillBePrinted) {
  SubmitAppealRequest request = Good();
  request.mutable_sender()->set_name(" Zoe\u0308 ");
  request.mutable_sender()->set_state("ca");
  request.set_letter_text(std::string(50, 'x') + "\r\nCafe\u0301\u2028yes");
  const auto submission = CheckAppeal(request, TheRegistry(), kNow);
  ASSERT_TRUE(submission.ok()) << submission.status();
  EXPECT_EQ(submission->sender().name(), "Zoë");
  EXPECT_EQ(submission->sender().state(), "CA");
  EXPECT_EQ(submission->letter_text(), std::string(50, 'x') + "\nCafé\nyes");
}

}  // namespace
}  // namespace fsft::intake
