#pragma once

#include <functional>
#include <memory>
#include <string>

#include "services/payment/payment_store.h"
#include "shared/rpc/channels.h"
#include "shared/work/outbox.h"

namespace fsft::payment {

// How orders reach the other services: each answers what work::Outbox calls with a batch of payment
// ids. Both read the orders as they stand at that moment, so a message that was put off never
// carries old news.
work::Outbox::Deliver ToFulfillment(PaymentStore& store,
                                    std::shared_ptr<const rpc::Channels> channels);
work::Outbox::Deliver ToIntake(PaymentStore& store, std::shared_ptr<const rpc::Channels> channels);

// Tells fulfillment at once how one order stands now, and answers how its letter stands since then,
// in the words of payments.delivery_state. An order that is held by then has no letter that is
// sent later.
using TellFulfillment = std::function<absl::StatusOr<std::string>(const std::string& payment_id,
                                                                  db::Deadline deadline)>;
TellFulfillment ToFulfillmentNow(PaymentStore& store,
                                 std::shared_ptr<const rpc::Channels> channels);

}  // namespace fsft::payment
