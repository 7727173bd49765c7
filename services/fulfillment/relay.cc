#include "services/fulfillment/relay.h"

#include <utility>

#include "fightsftickets/payment/v1/deliveries.grpc.pb.h"
#include "shared/rpc/client.h"
#include "shared/words/proto_time.h"
#include "shared/words/words.h"

namespace fsft::fulfillment {
namespace {

using fightsftickets::common::v1::DeliveryState;
using fightsftickets::payment::v1::DeliveriesService;
using fightsftickets::payment::v1::PutRequest;

PutRequest MessageFor(const std::vector<Delivery>& deliveries) {
  PutRequest request;
  for (const Delivery& delivery : deliveries) {
    auto& message = *request.add_deliveries();
    message.set_payment_id(delivery.payment_id);
    message.set_version(delivery.version);
    message.set_state(words::EnumOf<DeliveryState>(delivery.state));
    message.set_letter_id(delivery.letter_id);
    message.set_tracking_number(delivery.tracking_number);
    message.set_expected_delivery(delivery.expected_delivery);
    if (delivery.mailed_at) words::ToProto(*delivery.mailed_at, *message.mutable_mailed_at());
    if (delivery.delivered_at)
      words::ToProto(*delivery.delivered_at, *message.mutable_delivered_at());
    if (delivery.returned_at) words::ToProto(*delivery.returned_at, *message.mutable_returned_at());
  }
  return request;
}

}  // namespace

work::Outbox::Deliver ToPayment(LettersStore& store, std::shared_ptr<const rpc::Channels> payment) {
  auto client = std::make_shared<rpc::Client<DeliveriesService>>(std::move(payment));
  return [&store, client](const std::vector<std::string>& payment_ids,
                          db::Deadline deadline) -> absl::Status {
    absl::StatusOr<std::vector<Delivery>> deliveries = store.Deliveries(payment_ids, deadline);
    if (!deliveries.ok()) return deliveries.status();
    return client->Call(&rpc::Methods<DeliveriesService>::Put, MessageFor(*deliveries), deadline)
        .status();
  };
}

}  // namespace fsft::fulfillment
