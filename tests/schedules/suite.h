#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "services/fulfillment/letters_store.h"
#include "services/fulfillment/mailing/follower.h"
#include "services/fulfillment/mailing/mailer.h"
#include "services/fulfillment/mailing/mailing_store.h"
#include "services/intake/intake_store.h"
#include "services/payment/checkout_store.h"
#include "services/payment/event_store.h"
#include "services/payment/payment_store.h"
#include "shared/work/outbox.h"
#include "tests/schedules/faults.h"

namespace fsft::schedules {

struct World;

// Frozen submissions by draft, as intake would serve them.
class SubmissionsOfIntake final : public fulfillment::Submissions {
 public:
  explicit SubmissionsOfIntake(Faults& faults) : faults_(faults) {}
  absl::StatusOr<std::string> Fetch(const std::string& draft_id, rpc::Deadline) override;
  // The model's orders have none.
  absl::StatusOr<std::string> FetchExhibit(const std::string&, rpc::Deadline) override {
    return absl::NotFoundError("no exhibits here");
  }
  std::map<std::string, std::string> bytes;

 private:
  Faults& faults_;
};

// The objects of the three services in one process, each on connections of its own role.
class Suite {
 public:
  // The world outlives it.
  explicit Suite(World& world);

 private:
  Faults& faults_;
  const std::unique_ptr<db::Database> intake_database_, payment_database_, fulfillment_database_;

 public:
  intake::IntakeStore intake;
  payment::CheckoutStore checkouts;
  payment::EventStore events;
  payment::PaymentStore payments;
  fulfillment::LettersStore letters;
  fulfillment::MailingStore mailing;
  work::Outbox payment_to_fulfillment;
  work::Outbox payment_to_intake;
  work::Outbox fulfillment_to_payment;
  fulfillment::Mailer mailer;
  fulfillment::TrackingStore tracking;
  fulfillment::Tracker tracker;
  fulfillment::Follower follower;

 private:
  absl::Status TellFulfillment(const std::vector<std::string>& payment_ids, db::Deadline deadline);
  absl::Status TellIntake(const std::vector<std::string>& payment_ids, db::Deadline deadline);
  absl::Status TellPayment(const std::vector<std::string>& payment_ids, db::Deadline deadline);
};

}  // namespace fsft::schedules
