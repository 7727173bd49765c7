#include "services/intake/orders_handler.h"

#include "shared/ids/uuid.h"
#include "shared/logging/logging.h"
#include "shared/rpc/status.h"
#include "shared/words/proto_time.h"
#include "shared/words/words.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::Order;
using fightsftickets::intake::v1::OrdersService;
using fightsftickets::intake::v1::PutRequest;
using fightsftickets::intake::v1::PutResponse;

constexpr int kMaxBatch = 100;

absl::StatusOr<OrderNews> FromMessage(const Order& order) {
  if (!ids::IsUuid(order.intake_id()))
    return rpc::InvalidFields({rpc::Violation("intake_id", "invalid", "must be a UUID")});
  if (!ids::IsUuid(order.payment_id()))
    return rpc::InvalidFields({rpc::Violation("payment_id", "invalid", "must be a UUID")});
  std::string state = words::WordOf(order.state());
  if (state.empty())
    return rpc::InvalidFields({rpc::Violation("state", "required", "must be a known state")});
  OrderNews news{.intake_id = order.intake_id(),
                 .payment_id = order.payment_id(),
                 .version = order.version(),
                 .state = std::move(state)};
  if (order.has_final_at()) news.final_at = words::FromProto(order.final_at());
  return news;
}

void Log(const std::vector<OrderNews>& news) {
  for (const OrderNews& one : news) {
    logging::Info("news of an order",
                  {{"payment_id", one.payment_id}, {"version", one.version}, {"state", one.state}});
  }
}

}  // namespace

OrdersHandler::OrdersHandler(rpc::GuardEnvironment& guards, IntakeStore& store)
    : guard_(guards, OrdersService::service_full_name(), {"payment"}), store_(store) {}

grpc::Status OrdersHandler::Put(grpc::ServerContext* context, const PutRequest* request,
                                PutResponse*) {
  return guard_.Run(
      *context, "Put", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        if (request->orders_size() > kMaxBatch)
          return rpc::InvalidFields({rpc::Violation("orders", "too_many", "at most 100")});
        std::vector<OrderNews> news;
        for (const Order& order : request->orders()) {
          absl::StatusOr<OrderNews> one = FromMessage(order);
          if (!one.ok()) return one.status();
          news.push_back(*std::move(one));
        }
        absl::Status status = store_.PutOrders(news, call.deadline);
        if (status.ok()) Log(news);
        return status;
      });
}

}  // namespace fsft::intake
