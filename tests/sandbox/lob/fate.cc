// The part of Letters in which tests say what becomes of a letter after the 200.
#include <utility>

#include "tests/sandbox/lob/dates.h"
#include "tests/sandbox/lob/errors.h"
#include "tests/sandbox/lob/events.h"
#include "tests/sandbox/lob/letters.h"

namespace fsft::sandbox::lob {

void Letters::SetBehaviour(const Behaviour& behaviour) {
  const std::lock_guard lock(mutex_);
  behaviour_ = behaviour;
}

Behaviour Letters::behaviour() {
  const std::lock_guard lock(mutex_);
  return behaviour_;
}

void Letters::Tell(const std::string& type, const Json& body) {
  const WebhookEvent event = NewEvent(type, body, clock_.Now());
  events_.Add({{"id", event.id},
               {"type", event.type},
               {"reference_id", body["id"]},
               {"payload", event.payload}});
  if (webhooks_.Wants(type)) webhooks_.Enqueue(event);
}

std::optional<WebhookEvent> Letters::FindEvent(const std::string& id) {
  const Json found = events_.List([&id](const Json& event) { return event["id"] == id; });
  if (found.empty()) return std::nullopt;
  return WebhookEvent{found[0]["id"], found[0]["type"], found[0]["payload"]};
}

void Letters::ChangedLocked(Letter& letter, const std::string& type) {
  letter.object["date_modified"] = FormatMillis(clock_.Now());
  Tell(type, letter.object);
  changed_.notify_all();
}

Json Letters::Render(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Letter& letter = Existing(id);
  letter.object["status"] = "rendered";
  ChangedLocked(letter, "letter.rendered_pdf");
  return letter.object;
}

Json Letters::Fail(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Letter& letter = Existing(id);
  FailLocked(letter);
  return letter.object;
}

void Letters::FailLocked(Letter& letter) {
  letter.object["status"] = "failed";
  letter.object["failure_reason"] = {{"failure_reason", "The sandbox was told to fail."},
                                     {"remediation", "Send the letter again."},
                                     {"errors", Json::array()}};
  ChangedLocked(letter, "letter.failed");
}

Json Letters::Delete(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return DeleteLocked(Existing(id));
}

// The letter stays to be found, by its id and in lists: whoever counts letters must look.
Json Letters::DeleteLocked(Letter& letter) {
  letter.object["deleted"] = true;
  letter.object["date_modified"] = FormatMillis(clock_.Now());
  Json answer = {{"id", letter.object["id"]}, {"deleted", true}};
  Tell("letter.deleted", answer);
  changed_.notify_all();
  return answer;
}

Json Letters::Track(const std::string& id, const std::string& event) {
  const std::lock_guard lock(mutex_);
  Letter& letter = Existing(id);
  const std::string type = AddTrackingEvent(letter.object, event, clock_.Now());
  if (!letter.late_tracking_number.is_null())
    letter.object["tracking_number"] = std::exchange(letter.late_tracking_number, nullptr);
  ChangedLocked(letter, type);
  return letter.object;
}

}  // namespace fsft::sandbox::lob
