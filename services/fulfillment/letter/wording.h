#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "services/fulfillment/letter/letter.h"

namespace fsft::fulfillment {

// The words around the customer's text, as lines separated by '\n'. Empty fields leave no empty
// line behind.

// "November 2, 2026" for "2026-11-02"; anything that is no date comes back unchanged.
std::string LongDate(std::string_view iso_date);

// Name, address, email, phone.
std::string SenderBlock(const Letter& letter);
std::string AgencyBlock(const Letter& letter);
// "Re: Parking citation 912345678".
std::string SubjectLine(const Letter& letter);
// What identifies the case beside its number: "Issued November 2, 2026 · License plate 8ABC123 ·
// 2019 Honda Fit"; may be empty.
std::string SubjectDetails(const Letter& letter);
// "Please send your answer to:", and the sender's name and address.
std::string ReplyBlock(const Letter& letter);
// "Enclosures: 3 photographs", and below it, where any has a caption, a line for each; empty without
// any.
std::string Enclosures(const Letter& letter);
// "Exhibit 1 of 3".
std::string ExhibitHeading(size_t number, size_t count);

}  // namespace fsft::fulfillment
