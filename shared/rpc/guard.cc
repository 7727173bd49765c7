#include "shared/rpc/guard.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "shared/ids/uuid.h"
#include "shared/logging/logging.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/connection.h"
#include "shared/rpc/grpc_time.h"
#include "shared/rpc/method_metrics.h"
#include "shared/rpc/peer.h"
#include "shared/rpc/status.h"

namespace fsft::rpc {
namespace {

using Clock = std::chrono::steady_clock;

// With less than this left even the quickest answer would come too late; the work would be done for
// nobody.
constexpr std::chrono::milliseconds kHopeless{5};
constexpr std::chrono::seconds kRetryAfterBusy{1};

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

std::string_view Header(const grpc::ServerContextBase& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

logging::Context LogContextOf(const grpc::ServerContextBase& context) {
  const std::string_view request_id = Header(context, kRequestIdHeader);
  const std::string_view payment_id = Header(context, kPaymentIdHeader);
  return {logging::IsRequestId(request_id) ? std::string(request_id) : logging::NewRequestId(),
          logging::ContinueTraceparent(Header(context, kTraceparentHeader)),
          ids::IsUuid(payment_id) ? std::string(payment_id) : std::string()};
}

// A fault of ours is an error; a caller's mistake, a full gate or a late call is the daily bread of
// a server.
logging::Level LevelOf(const absl::Status& status) {
  if (status.ok() || IsForCallers(status)) return logging::Level::kInfo;
  return status.code() == absl::StatusCode::kDeadlineExceeded ? logging::Level::kWarning
                                                              : logging::Level::kError;
}

void Log(std::string_view method, const CallContext& call, const absl::Status& status,
         std::chrono::duration<double, std::milli> took) {
  const std::string code = absl::StatusCodeToString(status.code());
  if (status.ok()) {
    const logging::Level level =
        logging::Current().routine ? logging::Level::kDebug : logging::Level::kInfo;
    logging::Write(level, "rpc",
                   {{"method", method},
                    {"code", code},
                    {"duration_ms", took.count()},
                    {"peer", call.peer_name}});
    return;
  }
  const ErrorDetail detail = DetailOf(status);
  const auto order = detail.ids().find("payment_id");
  if (order != detail.ids().end()) logging::SetPaymentId(order->second);
  logging::Write(LevelOf(status), "rpc",
                 {{"method", method},
                  {"code", code},
                  {"duration_ms", took.count()},
                  {"peer", call.peer_name},
                  {"reason", detail.reason()},
                  {"error", View(status.message())}});
}

}  // namespace

GuardEnvironment::GuardEnvironment(metrics::Registry& metrics, const GateLimits& limits)
    : metrics_(metrics) {
  const auto add = [&](WorkClass work, int limit) {
    gates_[static_cast<size_t>(work)] = std::make_unique<Gate>(
        limit, metrics.AddGauge("rpc_server_in_use", "Calls being served, by class of work.",
                                {{"class", std::string(Name(work))}}));
  };
  add(WorkClass::kDatabase, limits.database);
  add(WorkClass::kStripe, limits.stripe);
  add(WorkClass::kRender, limits.render);
  add(WorkClass::kLight, limits.light);
}

ServiceGuard::ServiceGuard(GuardEnvironment& environment, std::string service,
                           std::vector<std::string> allowed_callers)
    : environment_(environment),
      allowed_callers_(std::move(allowed_callers)),
      metrics_(std::make_unique<ServiceMetrics>(environment.metrics(), std::move(service))) {}

ServiceGuard::~ServiceGuard() = default;

grpc::Status ServiceGuard::Run(const grpc::ServerContextBase& context, std::string_view method,
                               WorkClass work,
                               absl::FunctionRef<absl::Status(const CallContext&)> body) {
  const Clock::time_point start = Clock::now();
  const logging::ScopedContext log_context(LogContextOf(context));
  CallContext call;
  absl::Status status = Admit(context, call);
  if (status.ok()) status = Serve(call, work, body);

  const Clock::duration took = Clock::now() - start;
  MethodMetrics& metrics = metrics_->Of(method);
  metrics.Record(status.code(), took);
  Log(metrics.full_name(), call, status, took);
  return ToGrpc(status);
}

absl::Status ServiceGuard::Admit(const grpc::ServerContextBase& context, CallContext& call) const {
  const std::vector<std::string> names = PeerNames(*context.auth_context());
  const auto allowed = std::find_first_of(names.begin(), names.end(), allowed_callers_.begin(),
                                          allowed_callers_.end());
  if (!names.empty()) call.peer_name = allowed == names.end() ? names.front() : *allowed;
  if (allowed == names.end()) {
    return Error(absl::StatusCode::kPermissionDenied, "caller_not_allowed",
                 "This caller may not use this service.");
  }
  const std::optional<Deadline> deadline = FromGrpcTime(context.raw_deadline());
  if (!deadline) {
    return Error(absl::StatusCode::kInvalidArgument, "deadline_required",
                 "A call must carry a deadline.");
  }
  if (Remaining(*deadline) < kHopeless) {
    return Error(absl::StatusCode::kDeadlineExceeded, "deadline_too_short",
                 "The call arrived too late to be served.");
  }
  call.deadline = *deadline;
  return absl::OkStatus();
}

absl::Status ServiceGuard::Serve(const CallContext& call, WorkClass work,
                                 absl::FunctionRef<absl::Status(const CallContext&)> body) {
  const Gate::Pass pass = environment_.gate(work).TryEnter();
  if (!pass) {
    return WithRetryAfter(
        Error(absl::StatusCode::kUnavailable, "busy", "The service has too much to do."),
        kRetryAfterBusy);
  }
  try {
    return body(call);
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  } catch (...) {
    return absl::InternalError("an exception of an unknown type");
  }
}

}  // namespace fsft::rpc
