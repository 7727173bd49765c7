#include "tests/schedules/suite.h"

#include <utility>

#include "tests/schedules/world.h"

namespace fsft::schedules {
namespace {

// Time passes by the schedule's own steps and never by itself, so what waits waits for a step.
constexpr std::chrono::hours kLong{1};

std::string IntakeStateOf(const payment::IntakeOrder& order) {
  for (const char* out : {"mailed", "in_transit", "delivered", "returned"}) {
    if (order.delivery_state == out) return "fulfilled";
  }
  if (order.state == "pending") return "submitted";
  return order.state == "paid" || order.state == "review" ? "paid" : "cancelled";
}

std::unique_ptr<db::Database> Connect(World& world, const std::string& role) {
  return *db::Database::Create({.url = world.database.Url(role), .pool_size = 2}, world.registry);
}

work::Outbox::Options OutboxOptions(std::string schema, std::string target) {
  return {.schema = std::move(schema),
          .target = std::move(target),
          .lease = kLong,
          .backoff = {.first = kLong, .cap = kLong}};
}

}  // namespace

absl::StatusOr<std::string> SubmissionsOfIntake::Fetch(const std::string& draft_id, rpc::Deadline) {
  std::string submission;
  absl::Status status = faults_.Call([&] {
    submission = bytes.at(draft_id);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return submission;
}

Suite::Suite(World& world)
    : faults_(world.faults),
      intake_database_(Connect(world, "intake_rw")),
      payment_database_(Connect(world, "payment_rw")),
      fulfillment_database_(Connect(world, "fulfillment_rw")),
      intake(*intake_database_),
      checkouts(*payment_database_),
      events(*payment_database_),
      payments(*payment_database_),
      letters(*fulfillment_database_),
      mailing(
          *fulfillment_database_, [] { return "key of the tests"; }, /*livemode=*/false),
      payment_to_fulfillment(OutboxOptions("payment", "fulfillment"), *payment_database_,
                             world.registry,
                             [this](const auto& ids, db::Deadline deadline) {
                               return TellFulfillment(ids, deadline);
                             }),
      payment_to_intake(
          OutboxOptions("payment", "intake"), *payment_database_, world.registry,
          [this](const auto& ids, db::Deadline deadline) { return TellIntake(ids, deadline); }),
      fulfillment_to_payment(
          OutboxOptions("fulfillment", "payment"), *fulfillment_database_, world.registry,
          [this](const auto& ids, db::Deadline deadline) { return TellPayment(ids, deadline); }),
      mailer(mailing, world.submissions, *world.typesetter, world.printer, world.key_source,
             world.registry,
             {.lease = kLong,
              .policy = {.max_failures = 1'000},
              .wake_relay = [this] { faults_.PassPoint(); }}),
      tracking(*fulfillment_database_),
      tracker(tracking, world.registry, [this] { faults_.PassPoint(); }),
      follower(mailing, world.printer, tracker, world.registry,
               {.lease = kLong, .wake_relay = [this] { faults_.PassPoint(); }}) {}

absl::Status Suite::TellFulfillment(const std::vector<std::string>& payment_ids,
                                    db::Deadline deadline) {
  const auto orders = payments.WantedOrders(payment_ids, deadline);
  if (!orders.ok()) return orders.status();
  std::vector<fulfillment::WantedLetter> wanted;
  for (const payment::WantedOrder& order : *orders) {
    wanted.push_back({.payment_id = order.payment_id,
                      .version = order.version,
                      .want = order.want,
                      .intake_id = order.intake_id,
                      .draft_id = order.draft_id,
                      .content_sha256 = order.content_sha256,
                      .appeal_type = order.appeal_type,
                      .paid_at = order.paid_at,
                      .amount_cents = order.amount_cents,
                      .currency = order.currency,
                      .refunded_cents = order.refunded_cents});
  }
  return faults_.Call([&] { return letters.PutOrders(wanted, deadline).status(); });
}

absl::Status Suite::TellIntake(const std::vector<std::string>& payment_ids, db::Deadline deadline) {
  const auto orders = payments.IntakeOrders(payment_ids, deadline);
  if (!orders.ok()) return orders.status();
  std::vector<intake::OrderNews> news;
  for (const payment::IntakeOrder& order : *orders) {
    news.push_back({.intake_id = order.intake_id,
                    .payment_id = order.payment_id,
                    .version = order.version,
                    .state = IntakeStateOf(order)});
  }
  return faults_.Call([&] { return intake.PutOrders(news, deadline); });
}

absl::Status Suite::TellPayment(const std::vector<std::string>& payment_ids,
                                db::Deadline deadline) {
  const auto deliveries = letters.Deliveries(payment_ids, deadline);
  if (!deliveries.ok()) return deliveries.status();
  std::vector<payment::DeliveryNews> news;
  for (const fulfillment::Delivery& delivery : *deliveries) {
    news.push_back({.payment_id = delivery.payment_id,
                    .version = delivery.version,
                    .state = delivery.state,
                    .letter_id = delivery.letter_id,
                    .tracking_number = delivery.tracking_number,
                    .expected_delivery = delivery.expected_delivery,
                    .mailed_at = delivery.mailed_at});
  }
  return faults_.Call([&] { return payments.PutDeliveries(news, deadline).status(); });
}

}  // namespace fsft::schedules
