#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "services/fulfillment/lob/printer.h"

namespace fsft::fulfillment {

// A text field; empty where there is none.
std::string LobText(const nlohmann::json& object, const char* name);

// "expected_delivery_date" and the like, a date or a time stamp, as a date; anything else is left
// out rather than stored as a date.
std::string LobDate(const nlohmann::json& object, const char* name);

// A letter as Lob shows it. Those that others sent from the same account have no metadata of ours;
// they are of no payment.
PrintedLetter ReadLobLetter(const nlohmann::json& letter);

// What a type of event ("letter.certified.in_transit") says of its letter, one of the words of
// News; empty for types that move nothing, those of the return envelope included.
std::string_view NewsOfEvent(std::string_view type);

}  // namespace fsft::fulfillment
