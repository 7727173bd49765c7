// How an order stands, for its customer.
#include "gateway/handlers.h"
#include "gateway/json_response.h"
#include "gateway/order_ids.h"
#include "gateway/order_json.h"
#include "gateway/pdf_response.h"
#include "gateway/words.h"

namespace fsft::gateway {
namespace {

using nlohmann::ordered_json;

ordered_json Timeline(const payment::GetOrderResponse& order) {
  ordered_json timeline = ordered_json::array();
  const auto add = [&](bool present, const google::protobuf::Timestamp& at, const char* what) {
    if (present) timeline.push_back({{"at", TimeOrNull(true, at)}, {"what", what}});
  };
  add(order.has_created_at(), order.created_at(), "ordered");
  add(order.has_paid_at(), order.paid_at(), "paid");
  add(order.has_mailed_at(), order.mailed_at(), "mailed");
  add(order.has_delivered_at(), order.delivered_at(), "delivered");
  add(order.has_returned_at(), order.returned_at(), "returned");
  return timeline;
}

// Asks intake whether the caller's token opens this order; UNAUTHENTICATED when not.
absl::StatusOr<intake::GetIntakeResponse> OpenWithToken(const Services& services, const Call& call,
                                                        const payment::GetOrderResponse& order) {
  intake::GetIntakeRequest request;
  request.set_intake_id(order.intake_id());
  request.set_access_token(std::string(call.access_token));
  return services.backend.GetIntake(request, call.deadline);
}

}  // namespace

absl::StatusOr<http::Response> GetSession(const Services& services, const Call& call) {
  const auto order = OrderOfSession(services, call);
  if (!order.ok()) return order.status();
  return JsonResponse(
      {{"session_id", order->session_id()},
       {"payment_status", PaymentStatus(order->payment_state())},
       {"mailing_status", MailingStatus(order->payment_state(), order->delivery_state())},
       {"amount_total", order->amount_cents()},
       {"currency", order->currency()},
       {"refund_status", RefundStatus(*order)},
       {"appeal_type", AppealTypeName(order->appeal_type())},
       {"expected_delivery", TextOrNull(order->expected_delivery())},
       {"payment_id", order->payment_id()},
       {"intake_id", order->intake_id()},
       {"draft_id", order->draft_id()}});
}

absl::StatusOr<http::Response> GetAppeal(const Services& services, const Call& call) {
  const auto order = OrderOfPayment(services, call);
  if (!order.ok()) return order.status();
  ordered_json json = OrderJson(*order);
  if (!call.access_token.empty()) {
    const auto appeal = OpenWithToken(services, call, *order);
    if (!appeal.ok()) return appeal.status();
    json["citation_number"] = appeal->citation().number();
    json["agency"] = appeal->agency_name();
    json["tracking_number"] = TextOrNull(order->tracking_number());
    json["timeline"] = Timeline(*order);
  }
  return JsonResponse(json);
}

absl::StatusOr<http::Response> GetLetterPdf(const Services& services, const Call& call) {
  const auto order = OrderOfPayment(services, call);
  if (!order.ok()) return order.status();
  const auto appeal = OpenWithToken(services, call, *order);
  if (!appeal.ok()) return appeal.status();

  fulfillment::GetLetterRequest request;
  request.set_payment_id(order->payment_id());
  auto letter = services.backend.GetLetter(request, call.deadline);
  if (!letter.ok()) return letter.status();
  return PdfResponse(std::move(*letter->mutable_pdf()));
}

}  // namespace fsft::gateway
