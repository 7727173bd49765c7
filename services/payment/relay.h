#pragma once

#include <memory>

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

}  // namespace fsft::payment
