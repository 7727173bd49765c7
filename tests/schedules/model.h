#pragma once

#include <map>
#include <string>
#include <vector>

namespace fsft::schedules {

// What must be true of payments in the end, in plain words: no versions, no queues, no retries.
class Model {
 public:
  struct Payment {
    std::string draft_id;
    std::string state = "pending";
    // Its letter is not wanted any more.
    bool cancelled = false;
  };

  // A checkout of the draft; answers the payment that it must lead to, `new_id` if there was none
  // that decides.
  std::string CheckOut(const std::string& draft_id, const std::string& new_id);
  // The session's time is over, unless it was paid.
  void Expire(const std::string& payment_id);
  // Stripe's word that the payment's session was paid; answers the outcome.
  std::string TakeMoney(const std::string& event_id, const std::string& payment_id, bool right);

  // A dispute was lost, or an operator has cancelled the letter.
  void Cancel(const std::string& payment_id);

  const std::map<std::string, Payment>& payments() const { return payments_; }
  // What intake is to know of a draft's order. `mailed`: the letter of the payment is out.
  std::string IntakeState(const std::string& draft_id,
                          const std::map<std::string, bool>& mailed) const;

 private:
  bool HasPaid(const std::string& draft_id) const;

  // Ids grow with time.
  std::map<std::string, Payment> payments_;
  std::map<std::string, int> events_;
};

}  // namespace fsft::schedules
