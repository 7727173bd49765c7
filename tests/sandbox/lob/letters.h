#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "shared/time/clock.h"
#include "tests/sandbox/api/records.h"
#include "tests/sandbox/json.h"
#include "tests/sandbox/lob/behaviour.h"
#include "tests/sandbox/lob/letter_params.h"
#include "tests/sandbox/webhooks/sender.h"

namespace fsft::sandbox::lob {

// Everything that this printer has taken on, in memory. Thread-safe. Methods named after API
// operations throw Refusal as the API would answer.
class Letters {
 public:
  // `public_url` leads to this program. Of the printed files only the newest `kept_files` stay, and
  // of the events a few for each of them: a benchmark would fill the memory with them.
  Letters(std::string public_url, size_t kept_files, const time::Clock& clock,
          WebhookSender& webhooks);

  Json Create(LetterSpec spec);
  Json Get(const std::string& id);
  Json List(const Json& query);
  Json Cancel(const std::string& id);

  void SetBehaviour(const Behaviour& behaviour);
  Behaviour behaviour();

  // What becomes of a letter that was taken: tests say it. Each sends the webhook that Lob would
  // send and answers what that shows of the letter. Refusals as above.
  Json Render(const std::string& id);
  Json Fail(const std::string& id);
  Json Delete(const std::string& id);  // by somebody else, whenever; Cancel obeys Lob's rules
  Json Track(const std::string& id, const std::string& event);  // as for AddTrackingEvent

  // For the mailbox and for tests, newest first: the letter, and beside it "mailbox_url" and the
  // addresses as they were sent.
  Json Mailbox(const std::function<bool(const Json&)>& filter, size_t limit);
  // Returns when so many letters match, or when the time is up.
  void WaitFor(const std::function<bool(const Json&)>& filter, size_t at_least,
               std::chrono::milliseconds timeout);
  struct File {
    std::string type;
    std::string data;
  };
  std::optional<File> FindFile(const std::string& id);
  size_t size();
  // What was told, or would have been, with its "payload", oldest first: {id, type, reference_id,
  // payload}.
  Records& events() { return events_; }
  std::optional<WebhookEvent> FindEvent(const std::string& id);
  // Ends all waiting, for ever.
  void Stop();

 private:
  struct Letter {
    Json object;
    Json to, from;  // as sent; Lob's own are in capitals
    std::string file, file_type;
    Json late_tracking_number;  // not shown yet; null: there is none to come
    time::TimePoint created;
  };

  size_t Count(const std::function<bool(const Json&)>& filter) const;
  Letter& Existing(const std::string& id);
  bool IsListed(const Letter& letter) const;
  void Tell(const std::string& type, const Json& body);
  void ChangedLocked(Letter& letter, const std::string& type);
  void FailLocked(Letter& letter);
  Json DeleteLocked(Letter& letter);
  Json Page(const std::vector<const Letter*>& matching, const Json& query) const;

  const std::string public_url_;
  const size_t kept_files_;
  const time::Clock& clock_;
  WebhookSender& webhooks_;
  Records events_;

  std::mutex mutex_;
  Behaviour behaviour_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::vector<std::unique_ptr<Letter>> letters_;  // in the order of their creation
  std::unordered_map<std::string, size_t> positions_;
};

}  // namespace fsft::sandbox::lob
