// Questions of customers, and the operators who read them.
#include "gateway/handlers.h"
#include "gateway/idempotency_key.h"
#include "gateway/json_reader.h"
#include "gateway/json_response.h"
#include "gateway/order_json.h"

namespace fsft::gateway {
namespace {

constexpr int kPage = 50;

}  // namespace

absl::StatusOr<http::Response> OpenSupportRequest(const Services& services, const Call& call) {
  absl::StatusOr<JsonReader> body = JsonReader::Parse(call.request.body);
  if (!body.ok()) return body.status();
  intake::OpenSupportRequestRequest request;
  request.set_message(body->String("message"));
  request.set_email(body->String("email"));
  request.set_payment_id(body->String("payment_id"));
  if (absl::Status status = body->status(); !status.ok()) return status;
  absl::StatusOr<intake::RequestKey> key = RequestKeyOf(call.request);
  if (!key.ok()) return key.status();
  *request.mutable_request_key() = *std::move(key);
  const auto opened = services.backend.OpenSupportRequest(request, call.deadline);
  if (!opened.ok()) return opened.status();
  return JsonResponse({{"support_id", opened->support_id()}}, 201);
}

// Newest first; ?cursor= goes on where the last page ended.
absl::StatusOr<http::Response> ListSupportRequests(const Services& services, const Call& call) {
  intake::ListSupportRequestsRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_limit(kPage);
  request.set_cursor(std::string(call.request.Parameter("cursor")));
  const auto page = services.backend.ListSupportRequests(request, call.deadline);
  if (!page.ok()) return page.status();
  nlohmann::ordered_json questions = nlohmann::ordered_json::array();
  for (const intake::SupportRequest& one : page->requests()) {
    questions.push_back({{"support_id", one.support_id()},
                         {"created_at", TimeOrNull(one.has_created_at(), one.created_at())},
                         {"payment_id", TextOrNull(one.payment_id())},
                         {"email", TextOrNull(one.email())},
                         {"message", TextOrNull(one.message())}});
  }
  return JsonResponse({{"requests", questions}, {"next_cursor", TextOrNull(page->next_cursor())}});
}

}  // namespace fsft::gateway
