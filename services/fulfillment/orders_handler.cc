#include "services/fulfillment/orders_handler.h"

#include <algorithm>
#include <utility>

#include "shared/ids/uuid.h"
#include "shared/logging/logging.h"
#include "shared/rpc/status.h"
#include "shared/words/proto_time.h"
#include "shared/words/words.h"

namespace fsft::fulfillment {
namespace {

using fightsftickets::common::v1::DeliveryState;
using fightsftickets::fulfillment::v1::Order;
using fightsftickets::fulfillment::v1::OrdersService;
using fightsftickets::fulfillment::v1::PutRequest;
using fightsftickets::fulfillment::v1::PutResponse;

constexpr int kMaxBatch = 100;
constexpr size_t kSha256Bytes = 32;

absl::Status Refuse(std::string_view field, std::string_view code, std::string_view message) {
  return rpc::WithViolations(
      rpc::Error(absl::StatusCode::kInvalidArgument, "invalid_fields", "some fields are not right"),
      {rpc::Violation(field, code, message)});
}

bool IsCurrencyOrEmpty(std::string_view text) {
  constexpr size_t kLetters = 3;
  return text.empty() ||
         (text.size() == kLetters &&
          std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; }));
}

// Everything is checked before the database sees it: a value that a column refuses would stop the
// whole batch, and with it payment's outbox.
absl::StatusOr<WantedLetter> FromMessage(const Order& order) {
  for (const auto& [field, id] :
       {std::pair("payment_id", &order.payment_id()), std::pair("intake_id", &order.intake_id()),
        std::pair("draft_id", &order.draft_id())}) {
    if (!ids::IsUuid(*id)) return Refuse(field, "invalid", "must be a UUID");
  }
  if (order.version() <= 0) return Refuse("version", "invalid", "must be positive");
  if (order.content_sha256().size() != kSha256Bytes)
    return Refuse("content_sha256", "invalid", "must be 32 bytes");
  WantedLetter wanted{.payment_id = order.payment_id(),
                      .version = order.version(),
                      .want = words::WordOf(order.want()),
                      .intake_id = order.intake_id(),
                      .draft_id = order.draft_id(),
                      .content_sha256 = order.content_sha256(),
                      .appeal_type = words::WordOf(order.appeal_type()),
                      .paid_at = std::nullopt,
                      .amount_cents = order.amount_cents(),
                      .currency = order.currency(),
                      .refunded_cents = order.refunded_cents()};
  if (wanted.want.empty()) return Refuse("want", "required", "must be mail, hold or cancel");
  if (wanted.appeal_type.empty())
    return Refuse("appeal_type", "required", "must be standard or certified");
  if (order.amount_cents() < 0) return Refuse("amount_cents", "invalid", "must not be negative");
  if (order.refunded_cents() < 0)
    return Refuse("refunded_cents", "invalid", "must not be negative");
  if (!IsCurrencyOrEmpty(order.currency()))
    return Refuse("currency", "invalid", "must be three lower-case letters");
  if (order.has_livemode()) wanted.livemode = order.livemode();
  if (order.has_paid_at()) wanted.paid_at = words::FromProto(order.paid_at());
  return wanted;
}

absl::StatusOr<std::vector<WantedLetter>> FromMessage(const PutRequest& request) {
  if (request.orders_size() > kMaxBatch) return Refuse("orders", "too_many", "at most 100");
  std::vector<WantedLetter> orders;
  for (const Order& order : request.orders()) {
    absl::StatusOr<WantedLetter> wanted = FromMessage(order);
    if (!wanted.ok()) return wanted.status();
    orders.push_back(*std::move(wanted));
  }
  return orders;
}

void Log(const std::vector<WantedLetter>& orders, const std::vector<std::string>& states) {
  for (size_t i = 0; i < orders.size(); ++i) {
    logging::Info("order taken", {{"payment_id", orders[i].payment_id},
                                  {"version", orders[i].version},
                                  {"want", orders[i].want},
                                  {"state", states[i]}});
  }
}

}  // namespace

OrdersHandler::OrdersHandler(rpc::GuardEnvironment& guards, LettersStore& store,
                             std::function<void()> wake_workers)
    : guard_(guards, OrdersService::service_full_name(), {"payment"}),
      store_(store),
      wake_workers_(std::move(wake_workers)) {}

grpc::Status OrdersHandler::Put(grpc::ServerContext* context, const PutRequest* request,
                                PutResponse* response) {
  return guard_.Run(*context, "Put", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<std::vector<WantedLetter>> orders = FromMessage(*request);
                      if (!orders.ok()) return orders.status();
                      absl::StatusOr<std::vector<std::string>> states =
                          store_.PutOrders(*orders, call.deadline);
                      if (!states.ok()) return states.status();
                      for (const std::string& state : *states)
                        response->add_states(words::EnumOf<DeliveryState>(state));
                      Log(*orders, *states);
                      wake_workers_();
                      return absl::OkStatus();
                    });
}

}  // namespace fsft::fulfillment
