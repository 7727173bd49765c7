#pragma once

#include <memory>

#include "services/fulfillment/letters_store.h"
#include "shared/rpc/channels.h"
#include "shared/work/outbox.h"

namespace fsft::fulfillment {

// How news of letters reaches payment: answers what work::Outbox calls with a batch of payment ids.
// It reads the letters as they stand at that moment, so a message that was put off never carries
// old news.
work::Outbox::Deliver ToPayment(LettersStore& store, std::shared_ptr<const rpc::Channels> payment);

}  // namespace fsft::fulfillment
