#pragma once

#include <string>
#include <vector>

#include "services/fulfillment/letter/postal_address.h"

namespace fsft::fulfillment {

// A photograph on a page of its own, after the letter's text.
struct LetterExhibit {
  std::string caption{};  // may be empty
  // Printed byte for byte; RGB, upright, and of a size that leaves room for the others.
  std::string jpeg{};
};

// Everything that is printed, and nothing else: the typesetter knows no order, no payment and no
// protobuf. All strings are UTF-8. Dates are ISO 8601 ("2026-11-02"); what may be empty says so.
struct Letter {
  PostalAddress sender{};
  std::string sender_email{};  // may be empty
  std::string sender_phone{};  // may be empty
  PostalAddress agency{};
  std::string date{};
  std::string citation_number{};
  std::string violation_date{};  // may be empty
  std::string license_plate{};   // may be empty
  std::string vehicle{};         // may be empty
  // The customer's own words. Printed as plain text, with their paragraphs and line breaks, never
  // as markup.
  std::string text{};
  // A PNG; empty: a line to sign on is printed.
  std::string signature_png{};
  std::vector<LetterExhibit> exhibits{};
};

}  // namespace fsft::fulfillment
