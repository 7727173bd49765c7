#include "services/intake/letter_room.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "shared/printable/page.h"
#include "shared/printable/printable.h"
#include "shared/printable/utf8.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::Agency;
using fightsftickets::intake::v1::Citation;
using fightsftickets::intake::v1::Sender;
using fightsftickets::intake::v1::Submission;
using printable::HeightBound;

constexpr int kPages = 60;
constexpr int kPagesOfExhibits = 5;
// The first page may have room for one line only. The last may have none but the signature's, and
// the one before it gives lines to it.
constexpr int kPagesWithLess = 3;
// Those of the line that did not fit on the page, and of two that a rule keeps with it.
constexpr int kLinesLostOnAPage = 3;

// A hundred of the widest Latin letters take half of it.
constexpr double kMostCaptionHeight = 150;

// Each different character takes its drawing along, up to 1.1 KB, and perhaps a font. So many take
// less than what photographs and signature leave of the 5 MiB; no language's letter has as many.
constexpr size_t kMostDifferentCharacters = 2000;

// A part of the first page, and the field that makes it long.
struct Part {
  std::string_view field;
  double height = 0;
};

double BlockHeight(std::string_view text, double measure) {
  return text.empty() ? 0 : HeightBound(text, page::kBlock, measure);
}

template <typename Address>
std::string Place(const Address& address) {
  return absl::StrCat(address.city(), ", ", address.state(), " ", address.zip());
}

std::array<Part, 6> SenderParts(const Sender& sender) {
  const auto part = [](std::string_view field, std::string_view text) {
    return Part{field, BlockHeight(text, page::kSenderMeasure)};
  };
  return {part("user_name", sender.name()),
          part("user_address_line1", sender.address_line1()),
          part("user_address_line2", sender.address_line2()),
          part("user_city", Place(sender)),
          part("user_email", sender.email()),
          part("user_phone", sender.phone())};
}

double AgencyHeight(const Agency& agency) {
  double height = 0;
  for (const std::string& line : {agency.name(), agency.company(), agency.address_line1(),
                                  agency.address_line2(), Place(agency)}) {
    height += BlockHeight(line, page::kMeasure);
  }
  return height;
}

// Bold type is not measured, but it is never twice as wide.
double SubjectHeight(const Citation& citation) {
  return 2 * HeightBound(absl::StrCat("Re: Parking citation ", citation.number()), page::kSubject,
                         page::kMeasure);
}

Part Details(const Citation& citation) {
  const std::string text = absl::StrCat("Issued September 30, 2026 · License plate ",
                                        citation.license_plate(), " · ", citation.vehicle_info());
  return {"vehicle_info", HeightBound(text, page::kDetails, page::kMeasure)};
}

// From the signature to the last enclosure, as high as it can get: each photograph has a line.
double ClosingHeight(const Sender& sender) {
  const double signature = page::kSignatureHeight + page::kBelowSigningLine +
                           HeightBound(sender.name(), page::kBody, page::kNameMeasure);
  double reply = page::kDetails.leading;
  for (const std::string& line :
       {sender.name(), sender.address_line1(), sender.address_line2(), Place(sender)}) {
    reply += HeightBound(line, page::kDetails, page::kSenderMeasure);
  }
  return page::kAboveClosing + std::max(signature, reply) + page::kAboveEnclosures +
         (1 + kPagesOfExhibits) * kMostEnclosureLine;
}

bool FitsItsPages(std::string_view text) {
  const double tallest = printable::TallestLine(text, page::kBody);
  const double page = page::kBottom - page::kTop - kLinesLostOnAPage * tallest;
  return HeightBound(text, page::kBody, page::kMeasure) <=
         (kPages - kPagesOfExhibits - kPagesWithLess) * page;
}

size_t DifferentCharacters(std::string_view text) {
  std::set<char32_t> found;
  while (const std::optional<char32_t> code_point = printable::TakeCodePoint(text)) {
    found.insert(*code_point);
  }
  return found.size();
}

}  // namespace

void CheckTextRoom(const std::string& text, FieldChecks& checks) {
  if (!FitsItsPages(text)) {
    checks.Add("draft_text", "too_many_pages",
               "takes more pages than the printer accepts; use fewer line breaks");
  } else if (DifferentCharacters(text) > kMostDifferentCharacters) {
    checks.Add(
        "draft_text", "too_many_different_characters",
        absl::StrCat("must have at most ", kMostDifferentCharacters, " different characters"));
  }
}

// What stands before and after the text: see the typesetter's Composition.
void CheckRoomAroundText(const Submission& submission, FieldChecks& checks) {
  const auto sender = SenderParts(submission.sender());
  const Part details = Details(submission.citation());
  const Part widest = *std::ranges::max_element(sender, {}, &Part::height);
  double bottom = page::kSenderTop + page::kGap + page::kBlock.leading + page::kGap;
  for (const Part& part : sender) bottom += part.height;
  bottom = std::max(page::kFirstPageTop, bottom) + AgencyHeight(submission.agency()) + page::kGap +
           SubjectHeight(submission.citation()) + details.height + page::kGap;
  const double line = printable::TallestLine(submission.letter_text(), page::kBody);
  if (bottom + line > page::kBottom) {
    checks.Add((details.height < widest.height ? widest : details).field, "too_wide",
               "takes more room than the letter's first page has");
  } else if (ClosingHeight(submission.sender()) > page::kBottom - page::kTop) {
    checks.Add(widest.field, "too_wide", "takes more room than the letter has below its text");
  }
}

void CheckCaptionRoom(const std::string& caption, FieldChecks& checks) {
  if (HeightBound(caption, page::kBlock, page::kMeasure) > kMostCaptionHeight) {
    checks.Add("caption", "too_wide", "takes too much room beside the photograph");
  }
}

}  // namespace fsft::intake
