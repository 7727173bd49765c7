#include "services/fulfillment/lob/lob_letter.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "absl/strings/strip.h"

namespace fsft::fulfillment {
namespace {

using Json = nlohmann::json;

// One kind of event: the end of its type, the name of the scan by the mail that it stands for, and
// what it says. "Mailed" is the carrier's word, and no news: to be taken by the printer is to be
// mailed.
struct Kind {
  std::string_view type;
  std::string_view scan;
  std::string_view news;
};
constexpr Kind kKinds[] = {
    {"created", "", news::kAccepted},
    {"rendered_pdf", "", news::kAccepted},
    {"rendered_thumbnails", "", news::kAccepted},
    {"mailed", "Mailed", news::kAccepted},
    {"in_transit", "In Transit", news::kMoving},
    {"in_local_area", "In Local Area", news::kMoving},
    {"processed_for_delivery", "Processed for Delivery", news::kMoving},
    {"re-routed", "Re-Routed", news::kMoving},
    {"international_exit", "International Exit", news::kMoving},
    {"pickup_available", "Pickup Available", news::kMoving},
    // The address is being looked into; what comes of it is told.
    {"issue", "Issue", news::kMoving},
    {"delivered", "Delivered", news::kDelivered},
    {"returned_to_sender", "Returned to Sender", news::kReturned},
    {"failed", "", news::kFailed},
    {"rejected", "", news::kFailed},
    {"deleted", "", news::kDeleted},
};

PrintedLetter::Fate FateOf(const Json& letter) {
  const auto deleted = letter.find("deleted");
  if (deleted != letter.end() && deleted->is_boolean() && deleted->get<bool>())
    return PrintedLetter::Fate::kDeleted;
  const std::string status = LobText(letter, "status");
  return status == "failed" || status == "rejected" ? PrintedLetter::Fate::kFailed
                                                    : PrintedLetter::Fate::kLive;
}

// A scan of a kind that we do not know, or without a time, says nothing.
void ReadScan(const Json& event, std::vector<Scan>& scans) {
  if (!event.is_object()) return;
  const std::string name = LobText(event, "name");
  const absl::StatusOr<time::TimePoint> at = time::ParseRfc3339(LobText(event, "time"));
  if (name.empty() || !at.ok()) return;
  for (const Kind& kind : kKinds) {
    if (kind.scan == name) scans.push_back({.news = std::string(kind.news), .at = *at});
  }
}

std::vector<Scan> ScansOf(const Json& letter) {
  std::vector<Scan> scans;
  const auto events = letter.find("tracking_events");
  if (events == letter.end() || !events->is_array()) return scans;
  for (const Json& event : *events) ReadScan(event, scans);
  return scans;
}

}  // namespace

std::string LobText(const Json& object, const char* name) {
  const auto field = object.find(name);
  return field != object.end() && field->is_string() ? field->get<std::string>() : std::string();
}

std::string LobDate(const Json& object, const char* name) {
  std::string date = LobText(object, name).substr(0, 10);
  const auto fits = [&](size_t i) {
    return i == 4 || i == 7 ? date[i] == '-' : isdigit(static_cast<unsigned char>(date[i])) != 0;
  };
  for (size_t i = 0; i < 10; ++i) {
    if (i >= date.size() || !fits(i)) return "";
  }
  return date;
}

PrintedLetter ReadLobLetter(const Json& letter) {
  PrintedLetter printed{.letter_id = LobText(letter, "id"),
                        .payment_id = "",
                        .generation = 0,
                        .fate = FateOf(letter),
                        .tracking_number = LobText(letter, "tracking_number"),
                        .expected_delivery = LobDate(letter, "expected_delivery_date"),
                        .scans = ScansOf(letter)};
  const auto metadata = letter.find("metadata");
  if (metadata == letter.end() || !metadata->is_object()) return printed;
  printed.payment_id = LobText(*metadata, "payment_id");
  const std::string generation = LobText(*metadata, "generation");
  std::from_chars(generation.data(), generation.data() + generation.size(), printed.generation);
  return printed;
}

std::string_view NewsOfEvent(std::string_view type) {
  absl::string_view rest(type.data(), type.size());
  if (!absl::ConsumePrefix(&rest, "letter.")) return "";
  absl::ConsumePrefix(&rest, "certified.");
  for (const Kind& kind : kKinds) {
    if (kind.type == std::string_view(rest.data(), rest.size())) return kind.news;
  }
  return "";
}

}  // namespace fsft::fulfillment
