#include "services/payment/deliveries_handler.h"

#include "services/payment/conversion.h"
#include "shared/ids/uuid.h"
#include "shared/logging/logging.h"
#include "shared/rpc/status.h"
#include "shared/words/proto_time.h"
#include "shared/words/words.h"

namespace fsft::payment {

namespace {

using fightsftickets::payment::v1::DeliveriesService;
using fightsftickets::payment::v1::Delivery;
using fightsftickets::payment::v1::PutRequest;
using fightsftickets::payment::v1::PutResponse;

constexpr int kMaxBatch = 100;

absl::StatusOr<DeliveryNews> FromMessage(const Delivery& delivery) {
  if (!ids::IsUuid(delivery.payment_id()))
    return rpc::InvalidFields({rpc::Violation("payment_id", "invalid", "must be a UUID")});
  DeliveryNews news;
  news.state = words::WordOf(delivery.state());
  if (news.state.empty())
    return rpc::InvalidFields({rpc::Violation("state", "required", "must be a known state")});
  news.payment_id = delivery.payment_id();
  news.version = delivery.version();
  news.letter_id = delivery.letter_id();
  news.tracking_number = delivery.tracking_number();
  news.expected_delivery = delivery.expected_delivery();
  if (delivery.has_mailed_at()) news.mailed_at = words::FromProto(delivery.mailed_at());
  if (delivery.has_delivered_at()) news.delivered_at = words::FromProto(delivery.delivered_at());
  if (delivery.has_returned_at()) news.returned_at = words::FromProto(delivery.returned_at());
  return news;
}

}  // namespace

DeliveriesHandler::DeliveriesHandler(rpc::GuardEnvironment& guards, PaymentStore& store,
                                     std::function<void()> wake_relay)
    : guard_(guards, DeliveriesService::service_full_name(), {"fulfillment"}),
      store_(store),
      wake_relay_(std::move(wake_relay)),
      mailed_(CountOfOrders(guards.metrics(), "mailed")) {}

grpc::Status DeliveriesHandler::Put(grpc::ServerContext* context, const PutRequest* request,
                                    PutResponse*) {
  return guard_.Run(
      *context, "Put", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        if (request->deliveries_size() > kMaxBatch)
          return rpc::InvalidFields({rpc::Violation("deliveries", "too_many", "at most 100")});
        std::vector<DeliveryNews> news;
        for (const Delivery& delivery : request->deliveries()) {
          absl::StatusOr<DeliveryNews> one = FromMessage(delivery);
          if (!one.ok()) return one.status();
          news.push_back(*std::move(one));
        }
        absl::StatusOr<MovedDeliveries> moved = store_.PutDeliveries(news, call.deadline);
        if (!moved.ok()) return moved.status();
        for (const DeliveryNews& one : news) {
          logging::Info(
              "news of a letter",
              {{"payment_id", one.payment_id}, {"version", one.version}, {"state", one.state}});
        }
        mailed_.Add(static_cast<double>(moved->mailed));
        if (moved->moved > 0) wake_relay_();
        return absl::OkStatus();
      });
}

}  // namespace fsft::payment
