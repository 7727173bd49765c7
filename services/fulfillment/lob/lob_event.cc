#include "services/fulfillment/lob/lob_event.h"

#include <nlohmann/json.hpp>

#include "services/fulfillment/lob/lob_letter.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"

namespace fsft::fulfillment {
namespace {

using Json = nlohmann::json;

absl::Status Malformed() {
  return rpc::Error(absl::StatusCode::kInvalidArgument, "malformed_event",
                    "the body is no Lob event");
}

// An event tells of a scan some time after the mail has made it, and shows when that was.
LetterNews NewsOf(const LobEvent& event, const PrintedLetter& letter) {
  LetterNews told{.news = std::string(NewsOfEvent(event.type)),
                  .at = event.created,
                  .letter_id = letter.letter_id,
                  .payment_id = ids::IsUuid(letter.payment_id) ? letter.payment_id : "",
                  .generation = letter.generation,
                  .tracking_number = letter.tracking_number,
                  .expected_delivery = letter.expected_delivery};
  for (const Scan& scan : letter.scans) {
    if (scan.news == told.news) told.at = scan.at;
  }
  return told;
}

}  // namespace

absl::StatusOr<LobEvent> ParseLobEvent(std::string_view payload) {
  const Json root = Json::parse(payload, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return Malformed();
  const auto type = root.find("event_type");
  const auto body = root.find("body");
  if (type == root.end() || !type->is_object() || body == root.end() || !body->is_object())
    return Malformed();
  LobEvent event{
      .id = LobText(root, "id"), .type = LobText(*type, "id"), .created = {}, .news = {}};
  const absl::StatusOr<time::TimePoint> created = time::ParseRfc3339(LobText(root, "date_created"));
  if (event.id.empty() || event.type.empty() || !created.ok()) return Malformed();
  event.created = *created;
  event.news = NewsOf(event, ReadLobLetter(*body));
  if (event.news.letter_id.empty()) event.news.letter_id = LobText(root, "reference_id");
  // News of no letter are no news.
  if (event.news.letter_id.empty()) event.news.news.clear();
  return event;
}

}  // namespace fsft::fulfillment
