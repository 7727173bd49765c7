#include "services/payment/order_gauges.h"

#include "services/payment/order_gauges_sql.h"

namespace fsft::payment {
namespace {

std::vector<db::Gauges::Spec> Specs() {
  std::vector<db::Gauges::Spec> specs;
  for (const char* target : {"fulfillment", "intake"}) {
    const metrics::Labels labels = {{"from", "payment"}, {"to", target}};
    specs.push_back({.row = std::string("outbox.") + target,
                     .name = "outbox_orders",
                     .help = "Orders of which another service is to be told.",
                     .labels = labels});
    specs.push_back({.row = std::string("outbox_age.") + target,
                     .name = "outbox_oldest_age_seconds",
                     .help = "How long the oldest of them has been waiting; 0 when none is.",
                     .labels = labels});
  }
  for (const char* state :
       {"pending", "review", "held", "refund_open", "refund_failed", "dispute"}) {
    specs.push_back({.row = std::string("orders.") + state,
                     .name = "orders_waiting",
                     .help = "Orders that wait for their customer, for Stripe or for an operator.",
                     .labels = {{"state", state}}});
  }
  specs.push_back({.row = "unmailed",
                   .name = "orders_unmailed",
                   .help = "Paid orders whose letter should be in the mail and is not."});
  specs.push_back({.row = "unmailed_age",
                   .name = "order_oldest_unmailed_age_seconds",
                   .help = "How long the oldest of them has been paid; 0 when there is none."});
  specs.push_back({.row = "unmatched",
                   .name = "stripe_events_unmatched",
                   .help = "Stripe's events that wait for a payment of ours."});
  specs.push_back({.row = "unmatched_age",
                   .name = "stripe_event_oldest_unmatched_age_seconds",
                   .help = "How long the oldest of them has been waiting; 0 when none is."});
  specs.push_back({.row = "webhook_age",
                   .name = "stripe_webhook_last_age_seconds",
                   .help = "How long ago the last webhook of Stripe's came; -1 before the first.",
                   .nothing = -1});
  return specs;
}

}  // namespace

db::Gauges OrderGauges(db::Database& database, metrics::Registry& registry) {
  return {database, registry, sql::kOrderGauges, Specs()};
}

}  // namespace fsft::payment
