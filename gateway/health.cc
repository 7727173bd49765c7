// How the suite is, for monitors and people.
#include <string>

#include "gateway/handlers.h"
#include "gateway/json_response.h"
#include "gateway/probe.h"
#include "gateway/problem.h"

namespace fsft::gateway {
namespace {

using nlohmann::ordered_json;

const char* Name(Part part) {
  switch (part) {
    case Part::kOk:
      return "ok";
    case Part::kDown:
      return "down";
    default:
      return "unknown";
  }
}

// "live", "test", "unconfigured", "unavailable", or "unknown" while its service cannot tell.
template <class Status>
std::string ModeOf(const std::optional<Status>& status,
                   const std::string& (Status::*mode)() const) {
  return status ? ((*status).*mode)() : "unknown";
}

ordered_json Numbers(const Snapshot& now) {
  ordered_json numbers = {{"last_event_age_seconds", now.LastEventAge()},
                          {"webhook_failures_last_hour", nullptr},
                          {"waiting_orders", nullptr},
                          {"oldest_waiting_seconds", nullptr}};
  if (now.payment_status) {
    numbers["webhook_failures_last_hour"] = now.payment_status->webhook_failures_last_hour();
  }
  if (now.fulfillment_status) {
    numbers["waiting_orders"] = now.fulfillment_status->waiting_orders();
    if (now.fulfillment_status->has_oldest_waiting()) {
      numbers["oldest_waiting_seconds"] = now.fulfillment_status->oldest_waiting().seconds();
    }
  }
  return numbers;
}

}  // namespace

absl::StatusOr<http::Response> GetHealth(const Services&, const Call&) {
  return JsonResponse({{"status", "ok"}});
}

absl::StatusOr<http::Response> GetReadiness(const Services& services, const Call&) {
  const Snapshot now = services.probe.Latest();
  if (now.Ready()) return JsonResponse({{"status", "ready"}});
  std::string detail = "Not ready:";
  const auto name = [&](Part part, const char* what) {
    if (part != Part::kOk) detail += std::string(" ") + what + " is " + Name(part) + ".";
  };
  name(now.intake, "intake");
  name(now.payment, "payment");
  name(now.fulfillment, "fulfillment");
  name(now.database, "database");
  return ToResponse({.status = 503,
                     .code = "not_ready",
                     .detail = detail,
                     .retry_after = std::chrono::seconds(2)});
}

// 200 also when degraded: it is a report, and /health/ready is the judgement.
absl::StatusOr<http::Response> GetStatus(const Services& services, const Call& call) {
  const Snapshot now = services.probe.Latest();
  const std::string stripe = ModeOf(now.payment_status, &payment::GetStatusResponse::stripe_mode);
  const bool paused = now.fulfillment_status && now.fulfillment_status->pauses_size() > 0;
  const std::string mail =
      paused ? "paused"
             : ModeOf(now.fulfillment_status, &fulfillment::GetStatusResponse::mail_mode);
  const auto works = [](const std::string& mode) { return mode == "live" || mode == "test"; };
  ordered_json json = {{"status", now.Ready() && works(stripe) && works(mail) ? "ok" : "degraded"},
                       {"parts",
                        {{"gateway", "ok"},
                         {"intake", Name(now.intake)},
                         {"payment", Name(now.payment)},
                         {"fulfillment", Name(now.fulfillment)},
                         {"database", Name(now.database)},
                         {"stripe", stripe},
                         {"mail", mail}}}};
  if (!call.operator_name.empty()) json["numbers"] = Numbers(now);
  return JsonResponse(json);
}

}  // namespace fsft::gateway
