#include "gateway/letter_json.h"

#include <nlohmann/json.hpp>

#include "gateway/order_json.h"
#include "gateway/words.h"

namespace fsft::gateway {

nlohmann::ordered_json LetterJson(const fightsftickets::fulfillment::v1::ListedLetter& letter) {
  return {{"payment_id", letter.payment_id()},
          {"state", DeliveryStateName(letter.state())},
          {"reason", TextOrNull(letter.reason())},
          {"want", letter.want()},
          {"appeal_type", AppealTypeName(letter.appeal_type())},
          {"generation", letter.generation()},
          {"attempt", letter.attempt()},
          {"letter_id", TextOrNull(letter.letter_id())},
          {"tracking_number", TextOrNull(letter.tracking_number())},
          {"expected_delivery", TextOrNull(letter.expected_delivery())},
          {"paid_at", TimeOrNull(letter.has_paid_at(), letter.paid_at())},
          {"mailed_at", TimeOrNull(letter.has_mailed_at(), letter.mailed_at())},
          {"moved_at", TimeOrNull(letter.has_moved_at(), letter.moved_at())},
          {"next_at", TimeOrNull(letter.has_next_at(), letter.next_at())},
          {"cancelled_by", TextOrNull(letter.cancelled_by())}};
}

}  // namespace fsft::gateway
