// Finding orders: a customer's own by what the customer remembers, anybody's by an operator.
#include "gateway/handlers.h"
#include "gateway/json_reader.h"
#include "gateway/json_response.h"
#include "gateway/order_json.h"
#include "gateway/words.h"

namespace fsft::gateway {
namespace {

using nlohmann::ordered_json;

ordered_json FoundJson(const intake::FoundIntake& found) {
  return {{"intake_id", found.intake_id()},
          {"status", found.state()},
          {"city_id", TextOrNull(found.city_id())},
          {"section_id", TextOrNull(found.section_id())},
          {"payment_id", TextOrNull(found.payment_id())},
          {"created_at", TimeOrNull(found.has_created_at(), found.created_at())},
          {"submitted_at", TimeOrNull(found.has_submitted_at(), found.submitted_at())},
          {"paid_at", TimeOrNull(found.has_paid_at(), found.paid_at())},
          {"erased", found.erased()}};
}

}  // namespace

// Intake answers for nobody as well, so payment is asked in any case: that nobody is known by these
// two takes as long as that somebody is.
absl::StatusOr<http::Response> LookUpStatus(const Services& services, const Call& call) {
  absl::StatusOr<JsonReader> body = JsonReader::Parse(call.request.body);
  if (!body.ok()) return body.status();
  intake::LookUpRequest request;
  request.set_email(body->String("email"));
  request.set_citation_number(body->String("citation_number"));
  if (absl::Status status = body->status(); !status.ok()) return status;
  const auto found = services.backend.LookUp(request, call.deadline);
  if (!found.ok()) return found.status();
  payment::GetOrderRequest key;
  key.set_intake_id(found->intake_id());
  const auto order = services.backend.GetOrder(key, call.deadline);
  if (!order.ok()) return order.status();
  return JsonResponse(OrderJson(*order));
}

absl::StatusOr<http::Response> SearchIntakes(const Services& services, const Call& call) {
  intake::SearchRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_query(std::string(call.request.Parameter("q")));
  const auto found = services.backend.Search(request, call.deadline);
  if (!found.ok()) return found.status();
  ordered_json intakes = ordered_json::array();
  for (const intake::FoundIntake& one : found->intakes()) intakes.push_back(FoundJson(one));
  return JsonResponse({{"intakes", intakes}});
}

}  // namespace fsft::gateway
