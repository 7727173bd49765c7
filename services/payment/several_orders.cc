#include "services/payment/several_orders.h"

#include <unordered_map>

#include "services/payment/order_message.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

using fightsftickets::payment::v1::FoundOrder;
using fightsftickets::payment::v1::GetOrderRequest;
using fightsftickets::payment::v1::GetOrdersRequest;
using fightsftickets::payment::v1::GetOrdersResponse;

constexpr int kMost = 100;

absl::Status Check(const GetOrdersRequest& request) {
  if (request.orders_size() > kMost) {
    return rpc::InvalidFields({rpc::Violation("orders", "too_many", "must be 100 at most")});
  }
  for (const GetOrderRequest& order : request.orders()) {
    if (!order.has_payment_id() && !order.has_session_id()) {
      return rpc::InvalidFields(
          {rpc::Violation("orders", "invalid", "must be by payment_id or session_id")});
    }
  }
  return absl::OkStatus();
}

using Orders = std::unordered_map<std::string, Order>;
using FindAll = absl::StatusOr<std::vector<Order>> (PaymentStore::*)(
    const std::vector<std::string>&, db::Deadline);

// By the member that they were asked for by. No keys, no round trip.
absl::StatusOr<Orders> Find(PaymentStore& store, FindAll find, std::string Order::*key,
                            const std::vector<std::string>& keys, rpc::Deadline deadline) {
  if (keys.empty()) return Orders();
  absl::StatusOr<std::vector<Order>> found = (store.*find)(keys, deadline);
  if (!found.ok()) return found.status();
  Orders orders;
  for (Order& order : *found) orders.emplace(order.*key, std::move(order));
  return orders;
}

void Answer(const Orders& orders, const std::string& key, FoundOrder& answer) {
  const auto found = orders.find(key);
  if (found == orders.end()) return;
  ToMessage(found->second, *answer.mutable_order());
  answer.set_may_be_checked(found->second.may_be_checked);
}

}  // namespace

absl::Status FindSeveral(PaymentStore& store, const GetOrdersRequest& request,
                         rpc::Deadline deadline, GetOrdersResponse& response) {
  if (absl::Status status = Check(request); !status.ok()) return status;
  std::vector<std::string> payments, sessions;
  for (const GetOrderRequest& order : request.orders()) {
    if (order.has_session_id()) sessions.push_back(order.session_id());
    // What is no UUID is no payment's id, and PostgreSQL would refuse all of them for it.
    if (ids::IsUuid(order.payment_id())) payments.push_back(order.payment_id());
  }
  const auto by_session =
      Find(store, &PaymentStore::FindBySessions, &Order::session_id, sessions, deadline);
  if (!by_session.ok()) return by_session.status();
  const auto by_payment =
      Find(store, &PaymentStore::FindByPayments, &Order::payment_id, payments, deadline);
  if (!by_payment.ok()) return by_payment.status();
  for (const GetOrderRequest& order : request.orders()) {
    FoundOrder& answer = *response.add_orders();
    if (order.has_session_id()) {
      Answer(*by_session, order.session_id(), answer);
    } else {
      Answer(*by_payment, order.payment_id(), answer);
      answer.set_may_be_checked(false);
    }
  }
  return absl::OkStatus();
}

}  // namespace fsft::payment
