#include "tests/schedules/model.h"

#include <algorithm>

namespace fsft::schedules {

std::string Model::CheckOut(const std::string& draft_id, const std::string& new_id) {
  for (const char* state : {"paid", "review", "pending"}) {
    // The newest of them, where there are several.
    for (auto one = payments_.rbegin(); one != payments_.rend(); ++one) {
      if (one->second.draft_id == draft_id && one->second.state == state) return one->first;
    }
  }
  payments_[new_id] = {.draft_id = draft_id};
  return new_id;
}

void Model::Expire(const std::string& payment_id) {
  Payment& payment = payments_.at(payment_id);
  if (payment.state == "pending") payment.state = "expired";
}

std::string Model::TakeMoney(const std::string& event_id, const std::string& payment_id,
                             bool right) {
  Payment& payment = payments_.at(payment_id);
  const bool repeated = events_[event_id]++ > 0;
  if (repeated || payment.state == "paid" || payment.state == "review") return "duplicate";
  const bool fits = right && payment.state == "pending" && !HasPaid(payment.draft_id);
  payment.state = fits ? "paid" : "review";
  return "processed";
}

void Model::Cancel(const std::string& payment_id) {
  Payment& payment = payments_.at(payment_id);
  if (payment.state == "paid") payment.cancelled = true;
}

bool Model::HasPaid(const std::string& draft_id) const {
  return std::any_of(payments_.begin(), payments_.end(), [&](const auto& one) {
    return one.second.draft_id == draft_id && one.second.state == "paid";
  });
}

std::string Model::IntakeState(const std::string& draft_id,
                               const std::map<std::string, bool>& mailed) const {
  // Of the newest payment for which money has arrived.
  std::string state = "submitted";
  for (const auto& [id, payment] : payments_) {
    if (payment.draft_id != draft_id) continue;
    if (payment.state == "paid" || payment.state == "review")
      state = mailed.at(id) ? "fulfilled" : "paid";
  }
  return state;
}

}  // namespace fsft::schedules
