#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/schedules/model.h"
#include "tests/schedules/world.h"

namespace fsft::schedules {

// Some steps of one to three appeals in an order that chance picks, with faults between them; then
// the same without faults until nothing is left to do. What is not as the model says fails the
// test. Everything is decided by the seed: no threads, no wall clock.
class Schedule {
 public:
  Schedule(World& world, uint32_t seed);
  void Run();

 private:
  struct Appeal {
    std::string intake_id;
    std::string draft_id;
    std::string content_sha256;
  };
  // Of a payment whose session has been paid.
  struct Event {
    std::string id;
    std::string payment_id;
    int64_t amount = 0;
    std::string currency;
    bool taken = false;
  };

  void Submit();
  void Step();
  void PayForAll();
  void CheckOut();
  void CheckOut(const Appeal& appeal);
  void StoreSession(const std::string& payment_id);
  void Expire();
  void Pay();
  void Repeat();
  void Deliver(Event& event);
  void Hold(bool hold);
  void LoseDispute();
  void CancelLetter();
  void RetryDeadLetter();
  void LetTimePass();
  void LetADayPass();
  void MailOne(const std::string& payment_id);
  void FollowOne(const std::string& payment_id);
  void MakeDue(const std::string& payment_id);
  void Relay(work::Outbox& outbox);

  void Drain();
  void ExpectTheModelsEnd();
  void ExpectLetter(const std::string& payment_id, const std::string& state,
                    const std::string& letter_id, bool cancelled);

  std::string NewId();
  std::string AnyPayment();
  db::Rows Owner(const db::Statement& statement, db::Params params);

  World& world_;
  const uint32_t seed_;
  Chance& chance_;
  Faults& faults_;
  PrintingHouse& printer_;
  Model model_;
  std::vector<Appeal> appeals_;
  std::vector<std::string> intakes_;
  std::vector<Event> events_;
  std::set<std::string> stored_sessions_;
  int ids_ = 0;
};

}  // namespace fsft::schedules
