#pragma once

#include <chrono>
#include <functional>

#include "absl/status/status.h"
#include "services/fulfillment/mailing/decision.h"
#include "services/fulfillment/mailing/mailing_store.h"

namespace fsft::metrics {
class Registry;
}

namespace fsft::fulfillment {

// How long the workers of mailing wait for the database before they try again later.
inline constexpr std::chrono::seconds kDatabasePatience{10};

// Writes down what was decided about a letter, and tells whoever is to know: payment by way of
// `wake_relay`, operators by log and metric. A refused key pauses mailing before anything else, so
// that no other letter tries it.
absl::Status SettleLetter(const Lease& letter, const Decision& decision, MailingStore& store,
                          metrics::Registry& registry, const std::function<void()>& wake_relay);

}  // namespace fsft::fulfillment
