#include "gateway/gateway.h"

#include <chrono>
#include <exception>
#include <limits>
#include <optional>
#include <utility>

#include "gateway/admission.h"
#include "gateway/auth.h"
#include "gateway/problem.h"
#include "gateway/status_mapping.h"
#include "shared/logging/logging.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using std::chrono::steady_clock;

// How many requests of a kind may be at work at once; more are turned away at once, which costs
// next to nothing and keeps those that are in within their deadlines.
constexpr int kLookups = 256;
// As many as a replica of payment lets in. More would only wait for a processor, and so would
// everybody else (measured with 640 customers at once: see `make overload`).
constexpr int kCheckouts = 64;
constexpr int kWebhooks = 128;
constexpr int kPrinterWebhooks = 64;
// For photographs of a usual size; of the largest ones fewer find room in the memory for bodies.
constexpr int kUploads = 16;
// Fulfillment typesets one at a time; who waits holds a photograph or two.
constexpr int kPreviews = 8;

rpc::Gate MakeGate(metrics::Registry& registry, const char* work, int limit) {
  return {limit, registry.AddGauge("http_work_in_use", "Requests at work behind a gate.",
                                   {{"work", work}})};
}

Problem NotFound() {
  return {.status = 404, .code = "not_found", .detail = "There is nothing at this address."};
}

Problem MethodNotAllowed(std::string allow) {
  return {.status = 405,
          .code = "method_not_allowed",
          .detail = "This address does not support the method.",
          .allow = std::move(allow)};
}

Problem Overloaded() {
  return {.status = 503,
          .code = "overloaded",
          .detail = "Too many requests at the moment. Please try again shortly.",
          .retry_after = std::chrono::seconds(1)};
}

// What could not be understood, or was not taken.
struct Unreadable {
  Problem problem;
  Refusal reason = Refusal::kMalformed;
};

Unreadable ToUnreadable(int status) {
  using enum Refusal;
  switch (status) {
    case 408:
      return {{408, "head_too_slow", "The request did not arrive in time."}, kHeadTooSlow};
    case 414:
      return {{414, "address_too_long", "The address is too long."}, kHeadTooLarge};
    case 429:
      return {{.status = 429,
               .code = "too_many_connections",
               .detail = "Too many connections from your address.",
               .retry_after = std::chrono::seconds(1)},
              kClientConnections};
    case 431:
      return {{431, "head_too_large", "The request has too many headers, or too long ones."},
              kHeadTooLarge};
    case 501:
      return {{501, "unknown_method", "There is no such method."}};
    case 503:
      return {Overloaded(), kConnections};
    case 505:
      return {{505, "unknown_version", "This version of HTTP is not spoken here."}};
    default:
      if (status >= 500) return {{status, "internal", "Something went wrong on our side."}};
      return {{status, "malformed_request", "The request could not be understood."}};
  }
}

bool TakesOperatorToken(const Route& route) {
  return route.access.auth == Auth::kOperator || route.access.auth == Auth::kOperatorOptional;
}

logging::Context ContextOf(const http::Request& head) {
  const std::string_view id = head.Find("X-Request-ID");
  return {.request_id = logging::IsRequestId(id) ? std::string(id) : logging::NewRequestId(),
          .traceparent = logging::ContinueTraceparent(head.Find("traceparent"))};
}

// An answer says what the client should know of a failure; this line says what we should. Errors
// made for callers were logged by the service that made them.
void LogFailure(const Route& route, const absl::Status& status, int http_status) {
  if (rpc::IsForCallers(status) && http_status != 500) return;
  logging::Warning("a call failed",
                   {{"route", route.pattern},
                    {"status", std::string_view(absl::StatusCodeToString(status.code()))},
                    {"error", std::string_view(status.message().data(), status.message().size())}});
}

// What failed for an order is found by the order's id, too.
void NameOrder(const Problem& problem) {
  for (const auto& [name, id] : problem.ids) {
    if (name == "payment_id") logging::SetPaymentId(id);
  }
}

// Set on every answer; a handler that wants another value has set it before.
void AddCommonHeaders(http::Response& response, bool https) {
  const std::pair<const char*, std::string_view> kHeaders[] = {
      {"X-Request-ID", logging::Current().request_id},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cache-Control", "no-store"},
      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
  };
  for (const auto& [name, value] : kHeaders) {
    if (response.Find(name).empty()) response.headers.push_back({name, std::string(value)});
  }
  // A year. Of this host only: those beside it are not ours to speak for.
  if (https) response.headers.push_back({"Strict-Transport-Security", "max-age=31536000"});
}

}  // namespace

// One request. Its head is judged at once; the rest happens when the answer is asked for.
class Gateway::RouteExchange final : public http::Exchange {
 public:
  RouteExchange(Gateway& gateway, http::Request head, const http::Framing& framing)
      : gateway_(gateway),
        started_(steady_clock::now()),
        request_(std::move(head)),
        context_(ContextOf(request_)),
        match_(gateway.router_.Find(request_.method, request_.path)),
        refusal_(Judge(framing)) {}

  std::optional<size_t> BodyLimit() const override {
    if (refusal_ || IsOptions() || match_.route->body.kind == Body::kNone) return std::nullopt;
    return match_.route->body.limit;
  }

  http::Response Answer(std::string body) override {
    const logging::ScopedContext scope(context_);
    if (refusal_) return Finish(ToResponse(*refusal_));
    if (IsOptions()) return Finish(AnswerOptions());
    request_.body = std::move(body);
    return Finish(Work());
  }

  http::Response AnswerFailure(http::BodyFailure failure) override {
    const logging::ScopedContext scope(context_);
    switch (failure) {
      case http::BodyFailure::kTooLarge:
        return Finish(ToResponse(Refuse(Refusal::kBodyTooLarge, BodyTooLarge(*match_.route))));
      case http::BodyFailure::kTooSlow:
        return Finish(ToResponse(
            Refuse(Refusal::kBodyTooSlow, {.status = 408,
                                           .code = "body_too_slow",
                                           .detail = "The body did not arrive in time."})));
      case http::BodyFailure::kNoRoom:
        return Finish(ToResponse(Refuse(Refusal::kBodyMemory, Overloaded())));
      default:
        return Finish(ToResponse(
            Refuse(Refusal::kBodyBroken, {.status = 400,
                                          .code = "malformed_request",
                                          .detail = "The body did not arrive as announced."})));
    }
  }

 private:
  // Answered for every path, by the table.
  bool IsOptions() const { return request_.method == "OPTIONS"; }
  // Pages of another origin have no business there: nobody of ours is behind them, and one that
  // asks an operator for a token is after it.
  bool IsForOperators() const {
    return match_.any_route != nullptr && match_.any_route->access.auth == Auth::kOperator;
  }

  std::optional<Problem> Judge(const http::Framing& framing) {
    if (IsOptions() && (!match_.allow.empty() || request_.path == "*")) return std::nullopt;
    if (match_.route == nullptr) {
      return match_.allow.empty() ? NotFound() : MethodNotAllowed(match_.allow);
    }
    if (auto problem = RefuseClient()) return problem;
    if (auto problem = Authenticate(*match_.route, request_, gateway_.tokens_, identity_)) {
      if (problem->code == "invalid_token") CountWrongToken();
      return problem;
    }
    if (auto problem = RefuseAccept(*match_.route, request_)) return problem;
    if (auto problem = RefuseBody(*match_.route, request_, framing)) {
      if (problem->status == 413) gateway_.refusals_.Count(Refusal::kBodyTooLarge);
      return problem;
    }
    // Bodies that large are not even read while as many are at work as may be. A place is taken
    // when one has arrived: a few who send slowly would hold them all.
    if (match_.route->work.gate == Gate::kUpload && !TryEnter()) {
      return Refuse(Refusal::kWork, Overloaded());
    }
    return std::nullopt;
  }

  Problem Refuse(Refusal reason, Problem problem) {
    gateway_.refusals_.Count(reason);
    return problem;
  }

  // Before anything is looked up or read: who asks too often shall cost as little as can be.
  std::optional<Problem> RefuseClient() {
    if (gateway_.limits_ == nullptr) return std::nullopt;
    client_ = gateway_.limits_->ClientOf(request_);
    if (auto problem = gateway_.limits_->Refuse(*match_.route, client_)) {
      return Refuse(Refusal::kClientRate, *std::move(problem));
    }
    if (!TakesOperatorToken(*match_.route) || request_.Find("Authorization").empty()) {
      return std::nullopt;
    }
    auto problem = gateway_.limits_->RefuseToken(client_);
    if (problem) gateway_.refusals_.Count(Refusal::kWrongTokens);
    return problem;
  }

  void CountWrongToken() {
    if (gateway_.limits_ == nullptr || !TakesOperatorToken(*match_.route)) return;
    gateway_.limits_->CountWrongToken(client_);
  }

  rpc::Gate::Pass TryEnter() { return gateway_.GateOf(match_.route->work.gate).TryEnter(); }

  http::Response Work() {
    const rpc::Gate::Pass pass = TryEnter();
    shed_ = !pass;
    if (shed_) return ToResponse(Refuse(Refusal::kWork, Overloaded()));
    absl::StatusOr<http::Response> response = Handle();
    if (response.ok()) return *std::move(response);
    const Problem problem = ToProblem(response.status());
    NameOrder(problem);
    LogFailure(*match_.route, response.status(), problem.status);
    return ToResponse(problem);
  }

  absl::StatusOr<http::Response> Handle() {
    const Call call{.request = request_,
                    .parameter = match_.parameter,
                    .second_parameter = match_.second_parameter,
                    .access_token = identity_.access_token,
                    .operator_name = identity_.operator_name,
                    .deadline = steady_clock::now() + match_.route->work.deadline};
    try {
      return match_.route->handler(gateway_.services_, call);
    } catch (const std::exception& error) {
      return absl::InternalError(std::string("a handler threw: ") + error.what());
    }
  }

  http::Response AnswerOptions() const {
    http::Response response{204, "", ""};
    if (!match_.allow.empty()) response.headers.push_back({"Allow", match_.allow});
    const std::string_view wanted = request_.Find("Access-Control-Request-Method");
    if (!wanted.empty() && !IsForOperators())
      gateway_.cors_.AddPreflight(request_, match_.allow, response);
    return response;
  }

  http::Response Finish(http::Response response) {
    gateway_.public_answers_.Finish(request_, response);
    if (!IsForOperators()) gateway_.cors_.AddTo(request_, response);
    AddCommonHeaders(response, gateway_.https_);
    const auto duration = steady_clock::now() - started_;
    gateway_.metrics_.Count(match_.route, response.status, duration);
    // A flood of requests must not become a flood of lines; they are counted.
    if (response.status == 429 || shed_) return response;
    Log(response.status, std::chrono::duration<double, std::milli>(duration).count());
    return response;
  }

  // The one line of a request: never its path, query, body or token.
  void Log(int status, double milliseconds) const {
    const logging::Field route{"route", match_.route == nullptr ? kNoRoute : match_.route->pattern};
    const logging::Field method{"method", request_.method};
    const logging::Field code{"status", status};
    const logging::Field duration{"duration_ms", milliseconds};
    if (identity_.operator_name.empty()) {
      logging::Info("request", {route, method, code, duration});
    } else {
      logging::Info("request",
                    {route, method, code, duration, {"operator", identity_.operator_name}});
    }
  }

  Gateway& gateway_;
  const steady_clock::time_point started_;
  http::Request request_;
  const logging::Context context_;
  const Match match_;
  // Both before refusal_, whose making sets them.
  http::Ip client_{};
  Identity identity_;
  const std::optional<Problem> refusal_;
  // There was too much to do.
  bool shed_ = false;
};

Gateway::Gateway(std::span<const Route> routes, Services services, AdminTokens& tokens,
                 metrics::Registry& registry, PublicSide side, ClientLimits* limits)
    : router_(routes),
      services_(services),
      tokens_(tokens),
      cors_(std::move(side.cors_origins)),
      https_(side.https),
      limits_(limits),
      metrics_(registry, routes),
      refusals_(registry),
      gates_{MakeGate(registry, "none", std::numeric_limits<int>::max()),
             MakeGate(registry, "lookup", kLookups),
             MakeGate(registry, "checkout", kCheckouts),
             MakeGate(registry, "webhook", kWebhooks),
             MakeGate(registry, "printer_webhook", kPrinterWebhooks),
             MakeGate(registry, "upload", kUploads),
             MakeGate(registry, "preview", kPreviews)} {}

std::unique_ptr<http::Exchange> Gateway::Begin(http::Request head, const http::Framing& framing) {
  return std::make_unique<RouteExchange>(*this, std::move(head), framing);
}

http::Response Gateway::AnswerUnreadable(int status) {
  const logging::ScopedContext scope({.request_id = logging::NewRequestId(), .traceparent = {}});
  const Unreadable unreadable = ToUnreadable(status);
  http::Response response = ToResponse(unreadable.problem);
  AddCommonHeaders(response, https_);
  metrics_.Count(nullptr, status, std::chrono::nanoseconds::zero());
  refusals_.Count(unreadable.reason);
  // A flood of connections must not become a flood of lines.
  if (status != 429 && status != 503) logging::Info("unreadable request", {{"status", status}});
  return response;
}

}  // namespace fsft::gateway
