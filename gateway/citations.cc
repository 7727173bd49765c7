// What a motorist asks before an order: the cities, a citation's authority and deadline, a letter.
#include "gateway/handlers.h"
#include "gateway/json_reader.h"
#include "gateway/json_response.h"

namespace fsft::gateway {
namespace {

using nlohmann::ordered_json;

ordered_json SectionJson(const intake::Section& section) {
  return {{"section_id", section.section_id()},
          {"agency", section.agency()},
          {"appeal_deadline_days", section.appeal_days()},
          {"verified", section.verified()},
          {"certified_required", section.certified_required()},
          {"is_served", section.is_served()}};
}

ordered_json CityJson(const intake::City& city) {
  ordered_json sections = ordered_json::array();
  for (const intake::Section& section : city.sections()) sections.push_back(SectionJson(section));
  return {{"city_id", city.city_id()},     {"name", city.name()},
          {"state", city.state()},         {"time_zone", city.time_zone()},
          {"is_served", city.is_served()}, {"sections", std::move(sections)}};
}

ordered_json MatchesJson(const intake::ValidateCitationResponse& verdict) {
  ordered_json matches = ordered_json::array();
  for (const intake::CitationMatch& match : verdict.matches()) {
    matches.push_back({{"city_id", match.city_id()},
                       {"section_id", match.section_id()},
                       {"agency", match.agency()},
                       {"verified", match.verified()},
                       {"served", match.is_served()}});
  }
  return matches;
}

ordered_json TextOrNull(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

// What only one authority can answer is null where there is none, or more than one.
ordered_json VerdictJson(const intake::ValidateCitationResponse& verdict) {
  const bool single = verdict.appeal_days() > 0;
  const bool dated = verdict.has_deadline();
  const intake::CitationDeadline& deadline = verdict.deadline();
  return {
      {"is_valid", verdict.is_valid()},
      {"ambiguous", verdict.ambiguous()},
      {"city_mismatch", verdict.city_mismatch()},
      {"error_message", TextOrNull(verdict.message())},
      {"matches", MatchesJson(verdict)},
      {"citation_number", TextOrNull(verdict.citation_number())},
      {"formatted_citation", TextOrNull(verdict.formatted_citation())},
      {"city_id", single ? ordered_json(verdict.matches(0).city_id()) : nullptr},
      {"section_id", single ? ordered_json(verdict.matches(0).section_id()) : nullptr},
      {"agency", single ? ordered_json(verdict.matches(0).agency()) : nullptr},
      {"appeal_deadline_days", single ? ordered_json(verdict.appeal_days()) : nullptr},
      {"deadline_date", dated ? ordered_json(deadline.date()) : nullptr},
      {"days_remaining", dated ? ordered_json(deadline.days_remaining()) : nullptr},
      {"is_urgent", dated ? ordered_json(deadline.is_urgent()) : nullptr},
      {"is_past_deadline", dated ? ordered_json(deadline.is_past()) : nullptr},
  };
}

}  // namespace

absl::StatusOr<http::Response> ListCities(const Services& services, const Call& call) {
  const auto list = services.backend.ListCities({}, call.deadline);
  if (!list.ok()) return list.status();
  ordered_json cities = ordered_json::array();
  for (const intake::City& city : list->cities()) cities.push_back(CityJson(city));
  http::Response response = JsonResponse({{"cities", std::move(cities)}});
  // The order itself is held against the list of its moment.
  response.headers.push_back({"Cache-Control", "public, max-age=60"});
  return response;
}

absl::StatusOr<http::Response> ValidateCitation(const Services& services, const Call& call) {
  absl::StatusOr<JsonReader> json = JsonReader::Parse(call.request.body);
  if (!json.ok()) return json.status();
  intake::ValidateCitationRequest request;
  request.set_citation_number(json->String("citation_number"));
  request.set_city_id(json->String("city_id"));
  request.set_section_id(json->String("section_id"));
  request.set_violation_date(json->String("violation_date"));
  request.set_license_plate(json->String("license_plate"));
  if (absl::Status status = json->status(); !status.ok()) return status;
  const auto verdict = services.backend.ValidateCitation(request, call.deadline);
  if (!verdict.ok()) return verdict.status();
  return JsonResponse(VerdictJson(*verdict));
}

absl::StatusOr<http::Response> GenerateDraft(const Services& services, const Call& call) {
  absl::StatusOr<JsonReader> json = JsonReader::Parse(call.request.body);
  if (!json.ok()) return json.status();
  intake::GenerateDraftRequest request;
  intake::Citation& citation = *request.mutable_citation();
  citation.set_number(json->String("citation_number"));
  citation.set_city_id(json->String("city_id"));
  citation.set_section_id(json->String("section_id"));
  citation.set_violation_date(json->String("violation_date"));
  citation.set_license_plate(json->String("license_plate"));
  citation.set_vehicle_info(json->String("vehicle_info"));
  request.set_user_name(json->String("user_name"));
  request.set_story(json->String("story"));
  if (absl::Status status = json->status(); !status.ok()) return status;
  const auto draft = services.backend.GenerateDraft(request, call.deadline);
  if (!draft.ok()) return draft.status();
  return JsonResponse({{"draft_text", draft->letter_text()}});
}

}  // namespace fsft::gateway
