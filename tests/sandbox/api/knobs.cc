#include "tests/sandbox/api/knobs.h"

#include <set>
#include <utility>

#include "tests/sandbox/matching.h"

namespace fsft::sandbox {
namespace {

bool Covers(std::string_view pattern, std::string_view operation) {
  if (pattern.empty() || pattern.back() != '*') return pattern == operation;
  return operation.starts_with(pattern.substr(0, pattern.size() - 1));
}

absl::Status CheckNames(const Json& json) {
  static const std::set<std::string> kKnown = {"operation", "where",       "point",   "hold",
                                               "delay_ms",  "fail_status", "headers", "stored",
                                               "drop",      "times",       "text"};
  if (!json.is_object()) return absl::InvalidArgumentError("a knob is a JSON object");
  for (const auto& [name, value] : json.items()) {
    if (kKnown.count(name) == 0) return absl::InvalidArgumentError("unknown name: " + name);
  }
  return absl::OkStatus();
}

bool IsWebhook(std::string_view operation) { return operation.ends_with(".webhook"); }
bool IsMail(std::string_view operation) { return operation.starts_with("smtp."); }

// Refuses a knob that would never do anything: the test that set it would prove nothing.
absl::Status Check(const Knob& knob) {
  const bool fails = knob.fail_status != 0 || knob.drop;
  if (!knob.where.is_object()) return absl::InvalidArgumentError("where is a JSON object");
  if (!knob.hold && knob.delay.count() <= 0 && !fails) {
    return absl::InvalidArgumentError("a knob needs hold, delay_ms, fail_status or drop");
  }
  if (knob.fail_status != 0 && (knob.fail_status < 400 || knob.fail_status > 599)) {
    return absl::InvalidArgumentError("fail_status is 400 to 599");
  }
  if (knob.drop && !IsWebhook(knob.operation) && !IsMail(knob.operation)) {
    return absl::InvalidArgumentError("only a webhook and a mail can be dropped");
  }
  if (!knob.text.empty() && (!IsMail(knob.operation) || knob.fail_status == 0)) {
    return absl::InvalidArgumentError("only a mail server's failure has a text");
  }
  if (IsWebhook(knob.operation) && knob.point == Point::kAnswer) {
    return absl::InvalidArgumentError("a webhook has no answer point");
  }
  return absl::OkStatus();
}

Json DescribeKnob(const Knob& knob, uint64_t id, int left) {
  return {{"id", id},
          {"operation", knob.operation},
          {"where", knob.where},
          {"point", knob.point == Point::kArrival ? "arrival" : "answer"},
          {"hold", knob.hold},
          {"delay_ms", knob.delay.count()},
          {"fail_status", knob.fail_status},
          {"stored", knob.stored},
          {"drop", knob.drop},
          {"left", left < 0 ? Json(nullptr) : Json(left)}};
}

}  // namespace

absl::StatusOr<Knob> Knobs::Parse(const Json& json) try {
  if (const absl::Status status = CheckNames(json); !status.ok()) return status;
  Knob knob;
  knob.operation = json.at("operation").get<std::string>();
  knob.where = json.value("where", Json::object());
  knob.hold = json.value("hold", false);
  knob.delay = std::chrono::milliseconds(json.value("delay_ms", 0));
  knob.fail_status = json.value("fail_status", 0);
  knob.text = json.value("text", "");
  knob.drop = json.value("drop", false);
  const bool fails = knob.fail_status != 0 || knob.drop;
  knob.times = json.value("times", fails ? 1 : 0);
  const bool early = fails || IsWebhook(knob.operation);
  const std::string point = json.value("point", early ? "arrival" : "answer");
  if (point != "arrival" && point != "answer") {
    return absl::InvalidArgumentError("point is arrival or answer");
  }
  knob.point = point == "arrival" ? Point::kArrival : Point::kAnswer;
  knob.stored = json.value("stored", knob.point == Point::kArrival);
  const Json headers = json.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    knob.headers.emplace_back(name, value.get<std::string>());
  }
  if (absl::Status status = Check(knob); !status.ok()) return status;
  return knob;
} catch (const Json::exception& problem) {
  return absl::InvalidArgumentError(problem.what());
}

uint64_t Knobs::Set(Knob knob) {
  const std::lock_guard lock(mutex_);
  const int left = knob.times > 0 ? knob.times : -1;
  entries_.push_back({next_id_++, std::move(knob), left});
  any_ = true;
  return entries_.back().id;
}

void Knobs::Release(std::string_view operation) {
  const std::lock_guard lock(mutex_);
  entries_.remove_if([&](const Entry& entry) {
    return operation.empty() || entry.knob.operation == operation ||
           Covers(entry.knob.operation, operation);
  });
  any_ = !entries_.empty();
  changed_.notify_all();
}

void Knobs::ReleaseOne(uint64_t id) {
  const std::lock_guard lock(mutex_);
  entries_.remove_if([id](const Entry& entry) { return entry.id == id; });
  any_ = !entries_.empty();
  changed_.notify_all();
}

Knobs::Effect Knobs::Take(std::string_view operation, Point point, const About& about) {
  Effect effect;
  if (!any_) return effect;
  const Json subject = about ? about() : Json::object();
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const Knob& knob = entry->knob;
    if (entry->left == 0 || knob.point != point || !Covers(knob.operation, operation) ||
        !Matches(subject, knob.where)) {
      ++entry;
      continue;
    }
    effect.delay += knob.delay;
    if (knob.hold) effect.held_by = entry->id;
    if (knob.fail_status != 0 || knob.drop) {
      effect.failure = Failure{knob.fail_status, knob.headers, knob.text, knob.stored, knob.drop};
    }
    if (entry->left > 0) --entry->left;
    // A spent hold stays in the list: its calls wait for its removal.
    entry = entry->left == 0 && !knob.hold ? entries_.erase(entry) : std::next(entry);
  }
  any_ = !entries_.empty();
  return effect;
}

std::optional<Failure> Knobs::Undergo(std::string_view operation, const Effect& effect) {
  if (effect.delay.count() == 0 && !effect.held_by) return effect.failure;
  std::unique_lock lock(mutex_);
  if (effect.delay.count() > 0) {
    changed_.wait_for(lock, effect.delay, [&] { return stopped_; });
  }
  if (effect.held_by) WaitForRelease(lock, operation, *effect.held_by);
  return effect.failure;
}

void Knobs::WaitForRelease(std::unique_lock<std::mutex>& lock, std::string_view operation,
                           uint64_t id) {
  const std::string name(operation);
  ++held_[name];
  changed_.notify_all();
  changed_.wait(lock, [&] { return stopped_ || !Exists(id); });
  --held_[name];
}

bool Knobs::Exists(uint64_t id) const {
  for (const Entry& entry : entries_) {
    if (entry.id == id) return true;
  }
  return false;
}

int Knobs::WaitUntilHeld(std::string_view operation, int at_least,
                         std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const auto held = [&] {
    const auto found = held_.find(operation);
    return found == held_.end() ? 0 : found->second;
  };
  changed_.wait_for(lock, timeout, [&] { return stopped_ || held() >= at_least; });
  return held();
}

Json Knobs::Describe() const {
  const std::lock_guard lock(mutex_);
  Json knobs = Json::array();
  for (const Entry& entry : entries_) {
    knobs.push_back(DescribeKnob(entry.knob, entry.id, entry.left));
  }
  return {{"knobs", knobs}, {"held", Json(held_)}};
}

void Knobs::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace fsft::sandbox
