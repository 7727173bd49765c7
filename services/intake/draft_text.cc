#include "services/intake/draft_text.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/intake/calendar.h"
#include "services/intake/citation_fields.h"
#include "services/intake/citation_format.h"
#include "services/intake/text.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::Citation;
using fightsftickets::intake::v1::GenerateDraftRequest;

constexpr size_t kLongestLetter = 5000;

// "November 2, 2026", as letters write it.
std::string LongDate(absl::CivilDay day) {
  return absl::FormatTime("%B %-d, %Y", absl::FromCivil(day, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

// " It concerns a blue Honda Civic with the license plate 8ABC123."; empty when neither is known.
std::string VehicleSentence(const Citation& citation) {
  std::vector<std::string> facts;
  if (!citation.vehicle_info().empty()) facts.push_back("vehicle: " + citation.vehicle_info());
  if (!citation.license_plate().empty()) {
    facts.push_back("license plate: " + citation.license_plate());
  }
  return facts.empty() ? "" : absl::StrCat(" (", absl::StrJoin(facts, "; "), ")");
}

// Only California's letters name California's law.
std::string Request(const Authority& authority) {
  const std::string_view law =
      authority.row.state == "CA" ? " under California Vehicle Code section 40215" : "";
  return absl::StrCat("I respectfully request a review of this citation",
                      absl::string_view(law.data(), law.size()),
                      ", and that it be dismissed. Please send your decision to my address above.");
}

std::string Compose(const std::string& name, const std::string& story, const Citation& citation,
                    const Authority& authority) {
  const std::string agency(authority.ShortName());
  return absl::StrCat(
      "To Whom It May Concern:\n\nMy name is ", name, ". I am writing to appeal parking citation ",
      DisplayCitation(citation.number()), ", issued in ", authority.row.city_name, " on ",
      LongDate(*ParseIsoDate(citation.violation_date())), VehicleSentence(citation),
      ". I understand that it is handled by ", agency, ".\n\nThe following is my own account:\n\n",
      story, "\n\n", Request(authority), "\n\nRespectfully,");
}

}  // namespace

absl::StatusOr<std::string> WriteDraft(const GenerateDraftRequest& request,
                                       const Registry& registry, time::TimePoint now) {
  Citation citation = NormalizedCitation(request.citation());
  FieldChecks checks;
  const Authority* authority =
      CheckCitation(request.citation().number(), citation, registry, checks);
  CheckViolationDate(citation.violation_date(), authority, now, checks);
  std::string name = request.user_name(), checked_story = request.story();
  checks.Text("user_name", name, 1, 40);
  checks.Text("story", checked_story, 1, kLongestLetter, /*lines=*/true);
  if (absl::Status status = checks.ToStatus(); !status.ok()) return status;
  if (!authority->served) {
    return rpc::Error(absl::StatusCode::kInvalidArgument, "city_not_served",
                      "appeals to this city cannot be sent yet");
  }
  // What was checked may be composed anew; the letter has the customer's own characters.
  const std::string story(Trim(request.story()));
  const std::string letter =
      Compose(std::string(Trim(request.user_name())), story, citation, *authority);
  std::string checked_letter = letter;
  FieldChecks whole;
  whole.Text("story", checked_letter, 1, kLongestLetter, /*lines=*/true);
  if (whole.ToStatus().ok()) return letter;
  return rpc::InvalidFields(
      {rpc::Violation("story", "too_long",
                      "leaves no room for the rest of the letter, which has at most 5000 "
                      "characters together")});
}

}  // namespace fsft::intake
