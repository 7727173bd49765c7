#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "services/fulfillment/address/address_checker.h"
#include "services/fulfillment/address/allowance.h"
#include "services/fulfillment/address/remembered_verdicts.h"
#include "services/fulfillment/address/verification.h"
#include "services/fulfillment/lob/lob_client.h"
#include "shared/config/secret.h"
#include "shared/metrics/metrics.h"
#include "shared/time/clock.h"

namespace fsft::fulfillment {

// Our own rules, and Lob's word where it may be asked for. Whatever keeps Lob from answering is
// counted and nothing more: only the rules speak then.
class VerifyingChecker final : public AddressChecker {
 public:
  struct Options {
    std::string api_base;  // ends in "/v1"
    // Asked for with each question; an empty one is none.
    std::function<config::Secret()> api_key;
    // Questions to Lob in any hour, by this replica. 0, or no key: none.
    int per_hour = 0;
  };

  // `clock` and `registry` outlive it.
  VerifyingChecker(Options options, const time::Clock& clock, metrics::Registry& registry,
                   Transport transport);

  AddressFinding Check(const Address& typed, rpc::Deadline deadline) override;

 private:
  std::optional<Verification> Verify(const Address& address, rpc::Deadline deadline);
  std::optional<Verification> Ask(const Address& address, std::chrono::milliseconds timeout);
  void Heed(const Obstacle& obstacle);
  void Count(std::string_view outcome) { outcomes_.at(outcome).Add(); }

  const Options options_;
  const Transport transport_;
  const std::map<std::string_view, metrics::Counter&> outcomes_;
  Allowance allowance_;
  RememberedVerdicts remembered_;
};

}  // namespace fsft::fulfillment
