#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "services/fulfillment/lob/printer.h"
#include "tests/schedules/faults.h"

namespace fsft::schedules {

// The printing service: one letter for each idempotency key for as long as it remembers the key, a
// list that may be behind, and answers that are what chance makes of them.
class PrintingHouse final : public fulfillment::Printer {
 public:
  using Letter = fulfillment::PrintedLetter;
  // What is true of one payment's letters, whatever we know of it.
  struct Facts {
    int posts = 0;
    std::vector<Letter> letters;
    // It has refused a letter that it did not have.
    bool refused = false;
    // A POST had no answer that proves anything.
    bool doubtful = false;
    // Its keys were forgotten while we were in doubt.
    bool forgotten = false;
    // Too late to cancel.
    bool printed = false;
  };

  explicit PrintingHouse(Faults& faults) : faults_(faults) {}

  fulfillment::PrintAnswer Print(const fulfillment::PrintJob& job) override;
  fulfillment::SearchAnswer FindLetters(const std::string& payment_id) override;
  fulfillment::SearchAnswer ListLetters(time::TimePoint since) override;
  fulfillment::LookAnswer Look(const std::string& letter_id) override;
  fulfillment::CancelAnswer Cancel(const std::string& letter_id) override;

  // The key's time is over.
  void Forget(const std::string& payment_id);
  // A letter that was taken is not printed after all, where there is one that still could be.
  void Fail(const std::string& payment_id);
  const Facts& Of(const std::string& payment_id) { return facts_[payment_id]; }

  // Runs while a POST is under way, once: what another replica does meanwhile.
  std::function<void()> meanwhile;

 private:
  struct Remembered {
    std::string letter_id;
    std::string pdf;
  };
  fulfillment::PrintAnswer Answer(const fulfillment::PrintJob& job, Facts& facts);
  fulfillment::Accepted Accept(const fulfillment::PrintJob& job, Facts& facts);

  Faults& faults_;
  std::map<std::string, Facts> facts_;
  std::map<std::string, Remembered> keys_;
};

}  // namespace fsft::schedules
