#include "services/payment/relay.h"

#include "fightsftickets/fulfillment/v1/orders.grpc.pb.h"
#include "fightsftickets/intake/v1/orders.grpc.pb.h"
#include "shared/rpc/client.h"
#include "shared/words/proto_time.h"
#include "shared/words/words.h"

namespace fsft::payment {

namespace {

namespace common_v1 = fightsftickets::common::v1;
namespace fulfillment_v1 = fightsftickets::fulfillment::v1;
namespace intake_v1 = fightsftickets::intake::v1;

fulfillment_v1::PutRequest MessageFor(const std::vector<WantedOrder>& orders) {
  fulfillment_v1::PutRequest request;
  for (const WantedOrder& order : orders) {
    fulfillment_v1::Order& message = *request.add_orders();
    message.set_payment_id(order.payment_id);
    message.set_version(order.version);
    message.set_want(words::EnumOf<fulfillment_v1::Want>(order.want));
    message.set_intake_id(order.intake_id);
    message.set_draft_id(order.draft_id);
    message.set_content_sha256(order.content_sha256);
    message.set_appeal_type(words::EnumOf<common_v1::AppealType>(order.appeal_type));
    if (order.paid_at) words::ToProto(*order.paid_at, *message.mutable_paid_at());
    message.set_amount_cents(order.amount_cents);
    message.set_currency(order.currency);
    message.set_refunded_cents(order.refunded_cents);
    if (order.livemode) message.set_livemode(*order.livemode);
  }
  return request;
}

bool ReachedThePrinter(std::string_view delivery_state) {
  return delivery_state == "mailed" || delivery_state == "in_transit" ||
         delivery_state == "delivered" || delivery_state == "returned";
}

intake_v1::OrderState StateFor(const IntakeOrder& order) {
  if (ReachedThePrinter(order.delivery_state)) return intake_v1::ORDER_STATE_FULFILLED;
  if (order.state == "pending") return intake_v1::ORDER_STATE_SUBMITTED;
  // Money in review is money that came.
  if (order.state == "paid" || order.state == "review") return intake_v1::ORDER_STATE_PAID;
  return intake_v1::ORDER_STATE_CANCELLED;
}

using FulfillmentClient = rpc::Client<fulfillment_v1::OrdersService>;

absl::StatusOr<fulfillment_v1::PutResponse> Tell(PaymentStore& store, FulfillmentClient& client,
                                                 const std::vector<std::string>& payment_ids,
                                                 db::Deadline deadline) {
  absl::StatusOr<std::vector<WantedOrder>> orders = store.WantedOrders(payment_ids, deadline);
  if (!orders.ok()) return orders.status();
  return client.Call(&rpc::Methods<fulfillment_v1::OrdersService>::Put, MessageFor(*orders),
                     deadline);
}

intake_v1::PutRequest MessageFor(const std::vector<IntakeOrder>& orders) {
  intake_v1::PutRequest request;
  for (const IntakeOrder& order : orders) {
    intake_v1::Order& message = *request.add_orders();
    message.set_intake_id(order.intake_id);
    message.set_payment_id(order.payment_id);
    message.set_version(order.version);
    message.set_state(StateFor(order));
    if (order.final_at) words::ToProto(*order.final_at, *message.mutable_final_at());
  }
  return request;
}

}  // namespace

work::Outbox::Deliver ToFulfillment(PaymentStore& store,
                                    std::shared_ptr<const rpc::Channels> channels) {
  auto client = std::make_shared<FulfillmentClient>(std::move(channels));
  return [&store, client](const std::vector<std::string>& payment_ids, db::Deadline deadline) {
    return Tell(store, *client, payment_ids, deadline).status();
  };
}

TellFulfillment ToFulfillmentNow(PaymentStore& store,
                                 std::shared_ptr<const rpc::Channels> channels) {
  auto client = std::make_shared<FulfillmentClient>(std::move(channels));
  return [&store, client](const std::string& payment_id,
                          db::Deadline deadline) -> absl::StatusOr<std::string> {
    const absl::StatusOr<fulfillment_v1::PutResponse> told =
        Tell(store, *client, {payment_id}, deadline);
    if (!told.ok()) return told.status();
    if (told->states_size() != 1)
      return absl::InternalError("fulfillment did not say of one order");
    return words::WordOf(told->states(0));
  };
}

work::Outbox::Deliver ToIntake(PaymentStore& store, std::shared_ptr<const rpc::Channels> channels) {
  auto client = std::make_shared<rpc::Client<intake_v1::OrdersService>>(std::move(channels));
  return [&store, client](const std::vector<std::string>& payment_ids,
                          db::Deadline deadline) -> absl::Status {
    absl::StatusOr<std::vector<IntakeOrder>> orders = store.IntakeOrders(payment_ids, deadline);
    if (!orders.ok()) return orders.status();
    return client->Call(&rpc::Methods<intake_v1::OrdersService>::Put, MessageFor(*orders), deadline)
        .status();
  };
}

}  // namespace fsft::payment
