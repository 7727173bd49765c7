#include "services/fulfillment/letter/composition.h"

#include <algorithm>

#include "services/fulfillment/letter/wording.h"
#include "shared/printable/page.h"

namespace fsft::fulfillment {
namespace {

// Scales the image into the room above the signing line, never up: a small signature looks better
// than a coarse one.
void DrawSignature(cairo_t* canvas, cairo_surface_t* image, double line_y) {
  const double width = cairo_image_surface_get_width(image);
  const double height = cairo_image_surface_get_height(image);
  const double scale =
      std::min({1.0, page::kSignatureWidth / width, page::kSignatureHeight / height});
  cairo_save(canvas);
  cairo_translate(canvas, page::kLeft, line_y - 2 - height * scale);
  cairo_scale(canvas, scale, scale);
  cairo_set_source_surface(canvas, image, 0, 0);
  cairo_paint(canvas);
  cairo_restore(canvas);
}

}  // namespace

Composition::Composition(PangoContext* context, const Letter& letter, cairo_surface_t* signature,
                         std::span<const SurfaceHandle> photographs)
    : context_(context),
      signature_(signature),
      sender_(context, SenderBlock(letter), page::kBlock, page::kSenderMeasure),
      date_(context, LongDate(letter.date), page::kBlock, page::kSenderMeasure),
      agency_(context, AgencyBlock(letter), page::kBlock, page::kMeasure),
      subject_(context, SubjectLine(letter), page::kSubject, page::kMeasure),
      subject_details_(context, SubjectDetails(letter), page::kDetails, page::kMeasure),
      body_(context, letter.text, page::kBody, page::kMeasure),
      typed_name_(context, letter.sender.name, page::kBody, page::kNameMeasure),
      reply_(context, ReplyBlock(letter), page::kDetails, page::kSenderMeasure),
      // A caption stands whole with its photograph.
      enclosures_(context, Enclosures(letter), page::kDetails, page::kMeasure, LongLine::kIsCut),
      citation_(context, "Citation " + letter.citation_number, page::kFooter, page::kMeasure / 2) {
  const double sender_bottom = page::kSenderTop + sender_.Height() + page::kGap + date_.Height();
  agency_top_ = std::max(page::kFirstPageTop, sender_bottom + page::kGap);
  subject_top_ = agency_top_ + agency_.Height() + page::kGap;
  body_top_ = subject_top_ + subject_.Height() + subject_details_.Height() + page::kGap;
  for (size_t i = 0; i < letter.exhibits.size(); ++i) {
    exhibits_.emplace_back(context, letter.exhibits[i], photographs[i].get(), i + 1,
                           letter.exhibits.size());
  }
  pages_ = BreakPages(body_.lines(), {.first_page = page::kBottom - body_top_,
                                      .later_pages = page::kBottom - page::kTop,
                                      .closing = ClosingHeight()});
}

bool Composition::HasUnprintable() const {
  const auto blocks = {&sender_, &agency_, &subject_, &subject_details_, &body_};
  return std::any_of(blocks.begin(), blocks.end(),
                     [](const TextBlock* block) { return block->HasUnprintable(); }) ||
         std::any_of(exhibits_.begin(), exhibits_.end(),
                     [](const ExhibitPage& exhibit) { return exhibit.HasUnprintable(); });
}

void Composition::Draw(cairo_t* canvas, size_t page) const {
  if (page < pages_.size()) {
    DrawText(canvas, page);
  } else {
    exhibits_[page - pages_.size()].Draw(canvas);
  }
  DrawFooter(canvas, page);
}

void Composition::DrawText(cairo_t* canvas, size_t page) const {
  if (page == 0) DrawHead(canvas);
  const double top = page == 0 ? body_top_ : page::kTop;
  const PageLines& part = pages_[page];
  body_.Draw(canvas, part, page::kLeft, top);
  if (page + 1 == pages_.size()) {
    double used = 0;
    for (size_t i = part.first; i < part.end; ++i) used += body_.lines()[i].height;
    DrawClosing(canvas, top + used);
  }
}

void Composition::DrawHead(cairo_t* canvas) const {
  sender_.Draw(canvas, page::kSenderLeft, page::kSenderTop);
  date_.Draw(canvas, page::kSenderLeft, page::kSenderTop + sender_.Height() + page::kGap);
  agency_.Draw(canvas, page::kLeft, agency_top_);
  subject_.Draw(canvas, page::kLeft, subject_top_);
  subject_details_.Draw(canvas, page::kLeft, subject_top_ + subject_.Height());
}

// Signature and name to the left, where the answer goes to the right.
double Composition::ClosingHeight() const {
  const double signature = page::kSignatureHeight + page::kBelowSigningLine + typed_name_.Height();
  const double enclosures = exhibits_.empty() ? 0 : page::kAboveEnclosures + enclosures_.Height();
  return page::kAboveClosing + std::max(signature, reply_.Height()) + enclosures;
}

void Composition::DrawClosing(cairo_t* canvas, double y) const {
  const double top = y + page::kAboveClosing;
  const double line_y = top + page::kSignatureHeight;
  if (signature_ != nullptr) DrawSignature(canvas, signature_, line_y);
  cairo_set_line_width(canvas, 0.6);
  cairo_move_to(canvas, page::kLeft, line_y);
  cairo_line_to(canvas, page::kLeft + page::kSignatureWidth, line_y);
  cairo_stroke(canvas);
  typed_name_.Draw(canvas, page::kLeft, line_y + page::kBelowSigningLine);
  reply_.Draw(canvas, page::kSenderLeft, top);
  if (!exhibits_.empty())
    enclosures_.Draw(canvas, page::kLeft, y + ClosingHeight() - enclosures_.Height());
}

// Sheets get separated: each says what it belongs to.
void Composition::DrawFooter(cairo_t* canvas, size_t page) const {
  const std::string number =
      "Page " + std::to_string(page + 1) + " of " + std::to_string(page_count());
  const TextBlock count(context_, number, page::kFooter, page::kMeasure / 2);
  citation_.Draw(canvas, page::kLeft, page::kFooterTop);
  count.Draw(canvas, page::kRight - count.Width(), page::kFooterTop);
}

}  // namespace fsft::fulfillment
