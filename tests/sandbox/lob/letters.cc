#include "tests/sandbox/lob/letters.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <utility>

#include "tests/sandbox/lob/dates.h"
#include "tests/sandbox/lob/errors.h"
#include "tests/sandbox/random_id.h"

namespace fsft::sandbox::lob {
namespace {

// A letter can be cancelled for so long; then it goes to the printer.
constexpr std::chrono::minutes kCancellationWindow{5};

constexpr size_t kKeptEventsPerFile = 10;

std::string InCapitals(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// Lob answers addresses in capitals: whoever compares them with what was sent must know it.
Json Standardised(const Json& sent, const std::string& now) {
  Json address = {{"id", RandomHexId("adr_", 16)},
                  {"object", "address"},
                  {"description", nullptr},
                  {"phone", nullptr},
                  {"email", nullptr},
                  {"address_country", "UNITED STATES"},
                  {"metadata", Json::object()},
                  {"date_created", now},
                  {"date_modified", now}};
  for (const auto& [name, value] : sent.items()) {
    address[name] = value.is_string() ? Json(InCapitals(value)) : value;
  }
  return address;
}

std::string NewTrackingNumber() {
  std::string number = "9407";
  while (number.size() < 22) number += static_cast<char>('0' + RandomHexId("", 1)[0] % 10);
  return number;
}

// In Lob's own form, because Lob's SDK refuses any other. Here the file is at "mailbox_url".
std::string AssetUrl(const std::string& id, time::TimePoint now) {
  const int64_t expires = time::UnixSeconds(now + std::chrono::hours(24 * 30));
  return "https://lob-assets.com/letters/" + id +
         ".pdf?version=v1&expires=" + std::to_string(expires) + "&signature=" + RandomId("", 86);
}

Json NewLetter(const LetterSpec& spec, time::TimePoint now) {
  const std::string id = RandomHexId("ltr_", 16);
  const std::string created = FormatMillis(now);
  const bool tracked = !spec.extra_service.is_null();
  return {{"id", id},
          {"object", "letter"},
          {"description", spec.description},
          {"metadata", spec.metadata},
          {"to", Standardised(spec.to, created)},
          {"from", Standardised(spec.from, created)},
          {"url", AssetUrl(id, now)},
          {"color", spec.color},
          {"double_sided", spec.double_sided},
          {"address_placement", spec.address_placement},
          {"return_envelope", false},
          {"perforated_page", nullptr},
          {"custom_envelope", nullptr},
          {"extra_service", spec.extra_service},
          {"mail_type", spec.mail_type},
          {"use_type", spec.use_type},
          {"size", "us_letter"},
          {"carrier", "USPS"},
          {"tracking_number", tracked ? Json(NewTrackingNumber()) : Json(nullptr)},
          {"tracking_events", Json::array()},
          {"thumbnails", Json::array()},
          {"merge_variables", nullptr},
          {"status", "processed"},
          {"expected_delivery_date", ExpectedDelivery(now)},
          {"date_created", created},
          {"date_modified", created},
          {"send_date", FormatMillis(now + kCancellationWindow)}};
}

}  // namespace

Letters::Letters(std::string public_url, size_t kept_files, const time::Clock& clock,
                 WebhookSender& webhooks)
    : public_url_(std::move(public_url)),
      kept_files_(kept_files),
      clock_(clock),
      webhooks_(webhooks),
      events_(kept_files * kKeptEventsPerFile) {}

Json Letters::Create(LetterSpec spec) {
  auto letter = std::make_unique<Letter>();
  // As exact as it is shown, so that date filters agree with what a client has read.
  letter->created = std::chrono::floor<std::chrono::milliseconds>(clock_.Now());
  letter->object = NewLetter(spec, letter->created);
  letter->to = std::move(spec.to);
  letter->from = std::move(spec.from);
  letter->file = std::move(spec.file);
  letter->file_type = std::move(spec.file_type);
  const std::lock_guard lock(mutex_);
  if (behaviour_.late_tracking_numbers)
    letter->late_tracking_number = std::exchange(letter->object["tracking_number"], nullptr);
  Json answer = letter->object;
  positions_[answer["id"]] = letters_.size();
  letters_.push_back(std::move(letter));
  changed_.notify_all();
  Tell("letter.created", answer);
  if (behaviour_.fail_next > 0) {
    --behaviour_.fail_next;
    FailLocked(*letters_.back());
  }
  // Only the one that has just become too old can still have its file.
  if (letters_.size() > kept_files_) {
    std::string().swap(letters_[letters_.size() - 1 - kept_files_]->file);
  }
  return answer;
}

Letters::Letter& Letters::Existing(const std::string& id) {
  const auto found = positions_.find(id);
  if (found == positions_.end()) Refuse(404, "not_found", "letter not found");
  return *letters_[found->second];
}

Json Letters::Get(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return Existing(id).object;
}

Json Letters::Cancel(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Letter& letter = Existing(id);
  if (letter.object.value("deleted", false)) Refuse(404, "not_found", "letter not found");
  if (behaviour_.refuse_cancel || clock_.Now() - letter.created >= kCancellationWindow) {
    RefuseInvalid("This letter can no longer be cancelled", "not_deletable");
  }
  return DeleteLocked(letter);
}

Json Letters::Mailbox(const std::function<bool(const Json&)>& filter, size_t limit) {
  Json shown = Json::array();
  const std::lock_guard lock(mutex_);
  for (auto at = letters_.rbegin(); at != letters_.rend() && shown.size() < limit; ++at) {
    const Letter& letter = **at;
    if (!filter(letter.object)) continue;
    Json entry = letter.object;
    entry["sent_to"] = letter.to;
    entry["sent_from"] = letter.from;
    entry["mailbox_url"] = public_url_ + "/mailbox/" + entry["id"].get<std::string>() + ".pdf";
    shown.push_back(std::move(entry));
  }
  return shown;
}

size_t Letters::Count(const std::function<bool(const Json&)>& filter) const {
  return std::count_if(letters_.begin(), letters_.end(),
                       [&](const auto& letter) { return filter(letter->object); });
}

void Letters::WaitFor(const std::function<bool(const Json&)>& filter, size_t at_least,
                      std::chrono::milliseconds timeout) {
  if (at_least == 0) return;
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [&] { return stopped_ || Count(filter) >= at_least; });
}

void Letters::Stop() {
  events_.Stop();
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

std::optional<Letters::File> Letters::FindFile(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = positions_.find(id);
  if (found == positions_.end() || letters_[found->second]->file.empty()) return std::nullopt;
  return File{letters_[found->second]->file_type, letters_[found->second]->file};
}

size_t Letters::size() {
  const std::lock_guard lock(mutex_);
  return letters_.size();
}

}  // namespace fsft::sandbox::lob
