// An appeal, step by step.
#include "gateway/addresses.h"
#include "gateway/appeal_json.h"
#include "gateway/changing.h"
#include "gateway/exhibit_json.h"
#include "gateway/handlers.h"
#include "gateway/json_response.h"
#include "gateway/words.h"

namespace fsft::gateway {
namespace {

using nlohmann::ordered_json;

// Of the intake that the path names, with the caller's token.
template <class Request>
void SetIntake(const Call& call, Request& request) {
  request.set_intake_id(std::string(call.parameter));
  request.set_access_token(std::string(call.access_token));
}

// The fields are called as in the bodies that set them.
ordered_json IntakeJson(const intake::GetIntakeResponse& appeal) {
  const intake::Citation& citation = appeal.citation();
  const intake::Sender& sender = appeal.sender();
  return {{"intake_id", appeal.intake_id()},
          {"status", appeal.state()},
          {"citation_number", citation.number()},
          {"city_id", citation.city_id()},
          {"section_id", citation.section_id()},
          {"agency", appeal.agency_name()},
          {"violation_date", citation.violation_date()},
          {"license_plate", citation.license_plate()},
          {"vehicle_info", citation.vehicle_info()},
          {"user_name", sender.name()},
          {"user_address_line1", sender.address_line1()},
          {"user_address_line2", sender.address_line2()},
          {"user_city", sender.city()},
          {"user_state", sender.state()},
          {"user_zip", sender.zip()},
          {"user_email", sender.email()},
          {"user_phone", sender.phone()}};
}

ordered_json DraftJson(const intake::GetIntakeResponse& appeal) {
  if (!appeal.has_draft()) return nullptr;
  const intake::Draft& draft = appeal.draft();
  return {{"draft_id", draft.draft_id()},
          {"version", draft.version()},
          {"appeal_type", AppealTypeName(draft.appeal_type())},
          {"draft_text", draft.letter_text()},
          {"is_final", draft.is_final()}};
}

}  // namespace

absl::StatusOr<http::Response> CreateIntake(const Services& services, const Call& call) {
  absl::StatusOr<intake::CreateIntakeRequest> request = ReadNewIntake(call.request);
  if (!request.ok()) return request.status();
  *request->mutable_sender_violations() = UndeliverableParts(services, call, request->sender());
  const auto begun = services.backend.CreateIntake(*request, call.deadline);
  if (!begun.ok()) return begun.status();
  return JsonResponse({{"intake_id", begun->intake_id()}, {"access_token", begun->access_token()}},
                      201);
}

absl::StatusOr<http::Response> GetIntake(const Services& services, const Call& call) {
  intake::GetIntakeRequest request;
  SetIntake(call, request);
  request.set_with_contents(true);
  const auto appeal = services.backend.GetIntake(request, call.deadline);
  if (!appeal.ok()) return appeal.status();
  ordered_json json = IntakeJson(*appeal);
  json["draft"] = DraftJson(*appeal);
  json["evidence"] = EvidenceJson(appeal->exhibits());
  return JsonResponse(json);
}

absl::StatusOr<http::Response> ChangeIntake(const Services& services, const Call& call) {
  absl::StatusOr<intake::UpdateIntakeRequest> request = ReadChanges(call.request);
  if (!request.ok()) return request.status();
  SetIntake(call, *request);
  *request->mutable_sender_violations() = UndeliverableParts(services, call, *request);
  const auto changed = Change(services, call, *std::move(request), &Backend::UpdateIntake);
  if (!changed.ok()) return changed.status();
  ordered_json json = {{"intake_id", std::string(call.parameter)}};
  if (!changed->draft_id().empty()) json["draft_id"] = changed->draft_id();
  return JsonResponse(json);
}

absl::StatusOr<http::Response> SaveDraft(const Services& services, const Call& call) {
  absl::StatusOr<intake::SaveDraftRequest> request = ReadDraft(call.request);
  if (!request.ok()) return request.status();
  SetIntake(call, *request);
  const auto saved = Change(services, call, *std::move(request), &Backend::SaveDraft);
  if (!saved.ok()) return saved.status();
  return JsonResponse({{"intake_id", std::string(call.parameter)},
                       {"draft_id", saved->draft_id()},
                       {"version", saved->version()}},
                      201);
}

}  // namespace fsft::gateway
