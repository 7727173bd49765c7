#pragma once

#include <algorithm>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "services/fulfillment/lob/printer.h"

namespace fsft::fulfillment {

// The printing service for tests. It answers `answer`, keeps what it was sent, and lists `listed`
// (newest first) whatever it accepted: a test says what the list shows. Thread-safe.
class FakePrinter final : public Printer {
 public:
  PrintAnswer Print(const PrintJob& job) override {
    const std::lock_guard lock(mutex);
    if (during) during(job);
    jobs.push_back(job);
    pdfs.emplace_back(job.pdf);
    if (const auto* accepted = std::get_if<Accepted>(&answer);
        accepted != nullptr && accepted->letter_id.empty()) {
      return Accepted{.letter_id = "ltr_" + std::to_string(jobs.size()),
                      .tracking_number = "",
                      .expected_delivery = ""};
    }
    return answer;
  }

  SearchAnswer FindLetters(const std::string& payment_id) override {
    const std::lock_guard lock(mutex);
    ++searches;
    if (obstacle) return *obstacle;
    std::vector<PrintedLetter> found;
    std::copy_if(listed.begin(), listed.end(), std::back_inserter(found),
                 [&](const PrintedLetter& letter) { return letter.payment_id == payment_id; });
    return found;
  }

  SearchAnswer ListLetters(time::TimePoint) override {
    const std::lock_guard lock(mutex);
    if (obstacle) return *obstacle;
    return listed;
  }

  LookAnswer Look(const std::string& letter_id) override {
    const std::lock_guard lock(mutex);
    if (obstacle) return *obstacle;
    for (const PrintedLetter& letter : listed) {
      if (letter.letter_id == letter_id) return letter;
    }
    return Missing{};
  }

  CancelAnswer Cancel(const std::string& letter_id) override {
    const std::lock_guard lock(mutex);
    cancelled.push_back(letter_id);
    return cancel_answer;
  }

  // Adds a letter to the list.
  void List(std::string letter_id, const std::string& payment_id,
            PrintedLetter::Fate fate = PrintedLetter::Fate::kLive) {
    const std::lock_guard lock(mutex);
    listed.insert(listed.begin(), PrintedLetter{.letter_id = std::move(letter_id),
                                                .payment_id = payment_id,
                                                .generation = 1,
                                                .fate = fate,
                                                .tracking_number = "",
                                                .expected_delivery = ""});
  }

  std::mutex mutex;
  PrintAnswer answer = Accepted{};  // with an id of its own for each
  std::optional<NotNow> obstacle;   // instead of a list
  CancelAnswer cancel_answer = Cancelled{};
  std::vector<PrintJob> jobs;
  std::vector<std::string> pdfs;
  std::vector<PrintedLetter> listed;
  std::vector<std::string> cancelled;
  int searches = 0;
  std::function<void(const PrintJob&)> during;
};

}  // namespace fsft::fulfillment
