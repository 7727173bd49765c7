// Knows how the services are, without asking them while a request waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <thread>

#include "gateway/backend.h"

namespace fsft::gateway {

enum class Part { kOk, kDown, kUnknown };

// How everything was at one moment. As it is constructed: nothing known, nothing ready.
struct Snapshot {
  using Time = std::chrono::steady_clock::time_point;

  Part intake = Part::kUnknown;
  Part payment = Part::kUnknown;
  Part fulfillment = Part::kUnknown;
  // Services serve only while their database answers, so it is seen through them: up when one
  // serves, down when all that can be reached do not.
  Part database = Part::kUnknown;
  // Unset while the service cannot tell.
  std::optional<payment::GetStatusResponse> payment_status = {};
  std::optional<fulfillment::GetStatusResponse> fulfillment_status = {};
  Time taken{};

  bool Ready() const;
  // Seconds since Stripe's newest event, counted on from the moment of the probe; null when there
  // is none.
  nlohmann::ordered_json LastEventAge() const;
  // The same of the printer's newest event.
  nlohmann::ordered_json LastPrinterEventAge() const;
};

class Probe {
 public:
  // Asks at once, then every `period`, on a thread of its own. A change is seen within five
  // seconds: a service needs up to three to see that its database hangs, the round that began just
  // before waits to its end for what never comes, and the next one follows at once. Coming back, a
  // connection tries again four times a second.
  static constexpr std::chrono::milliseconds kPeriod{1'000};

  // Does nothing before Start(). `backend` must outlive it.
  explicit Probe(Backend& backend) : backend_(backend) {}
  ~Probe();

  void Start(std::chrono::milliseconds period = kPeriod);
  // One round, on the caller's thread.
  void RunOnce();

  // Whether the first round is over.
  bool HasLooked() const;
  // The newest snapshot; an empty one when the newest is too old to be believed.
  Snapshot Latest() const;

 private:
  void Run(std::chrono::milliseconds period);

  Backend& backend_;
  mutable std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stop_ = false;
  Snapshot latest_;
  std::thread thread_;
};

}  // namespace fsft::gateway
