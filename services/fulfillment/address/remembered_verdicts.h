#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "services/fulfillment/address/address_checker.h"
#include "services/fulfillment/address/verification.h"
#include "shared/time/clock.h"

namespace fsft::fulfillment {

// What was said of an address a while ago: one that is checked on the page is checked again with
// the preview and the order, and each question costs money. Addresses are kept only as hashes under
// a key that ends with the process; what would be personal in an answer is not kept. Thread-safe.
class RememberedVerdicts {
 public:
  // `clock` outlives it.
  explicit RememberedVerdicts(const time::Clock& clock);

  std::optional<Deliverability> Find(const Address& address);
  void Remember(const Address& address, Deliverability deliverability);

 private:
  struct Verdict {
    Deliverability deliverability;
    time::TimePoint forgotten_at;
  };
  std::string KeyOf(const Address& address) const;

  const time::Clock& clock_;
  const std::string secret_;
  std::mutex mutex_;
  std::unordered_map<std::string, Verdict> verdicts_;
  // Their keys, oldest first.
  std::deque<std::string> order_;
};

}  // namespace fsft::fulfillment
