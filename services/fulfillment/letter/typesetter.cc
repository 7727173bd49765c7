#include "services/fulfillment/letter/typesetter.h"

#include <cairo-pdf.h>
#include <malloc.h>

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "services/fulfillment/letter/composition.h"
#include "services/fulfillment/letter/exhibit_page.h"
#include "services/fulfillment/letter/fonts.h"
#include "services/fulfillment/letter/signature.h"
#include "shared/printable/page.h"
#include "shared/printable/table.h"

namespace fsft::fulfillment {

// What of a letter needs no font.
struct Pictures {
  SurfaceHandle signature;  // may be null
  std::vector<SurfaceHandle> photographs;
};

namespace {

bool IsUtf8(const std::string& text) {
  return g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr);
}

bool AllUtf8(const Letter& letter) {
  const auto strings = {&letter.sender.name,    &letter.sender.company,
                        &letter.sender.line1,   &letter.sender.line2,
                        &letter.sender.city,    &letter.sender.state,
                        &letter.sender.zip,     &letter.sender_email,
                        &letter.sender_phone,   &letter.agency.name,
                        &letter.agency.company, &letter.agency.line1,
                        &letter.agency.line2,   &letter.agency.city,
                        &letter.agency.state,   &letter.agency.zip,
                        &letter.date,           &letter.citation_number,
                        &letter.violation_date, &letter.license_plate,
                        &letter.vehicle,        &letter.text};
  return std::all_of(strings.begin(), strings.end(),
                     [](const std::string* text) { return IsUtf8(*text); }) &&
         std::all_of(letter.exhibits.begin(), letter.exhibits.end(),
                     [](const LetterExhibit& exhibit) { return IsUtf8(exhibit.caption); });
}

// Checks the letter's bytes, too, before anybody waits for a turn with them.
absl::StatusOr<Pictures> PicturesOf(const Letter& letter) {
  if (!AllUtf8(letter)) return absl::InvalidArgumentError("text_not_utf8");
  Pictures pictures;
  if (!letter.signature_png.empty()) {
    absl::StatusOr<SurfaceHandle> signature = DecodeSignature(letter.signature_png);
    if (!signature.ok()) return signature.status();
    pictures.signature = *std::move(signature);
  }
  for (const LetterExhibit& exhibit : letter.exhibits) {
    absl::StatusOr<SurfaceHandle> photograph = EmbedJpeg(exhibit.jpeg);
    if (!photograph.ok()) return photograph.status();
    pictures.photographs.push_back(*std::move(photograph));
  }
  return pictures;
}

// Cairo paints a black picture in the place of bytes in which it does not find a JPEG, and is stricter
// about that than decoders are.
bool HoldsPhotographs(const std::string& pdf, const Letter& letter) {
  return std::all_of(
      letter.exhibits.begin(), letter.exhibits.end(),
      [&](const LetterExhibit& exhibit) { return pdf.find(exhibit.jpeg) != std::string::npos; });
}

// Where Cairo writes to. Cairo does not always report that a write has failed, so that is kept here.
struct Output {
  std::string pdf;
  bool too_large = false;
};

cairo_status_t Append(void* closure, const unsigned char* data, unsigned int length) {
  auto& output = *static_cast<Output*>(closure);
  output.too_large = output.too_large || output.pdf.size() + length > kMaxPdfBytes;
  if (output.too_large) return CAIRO_STATUS_WRITE_ERROR;
  output.pdf.append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

// Cairo would write the present moment; noon of the letter's day keeps the bytes the same whenever
// they are made.
void SetMetadata(cairo_surface_t* surface, const Letter& letter) {
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, "Letter");
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                 (letter.date + "T12:00:00Z").c_str());
}

absl::StatusOr<std::string> WritePdf(const Composition& composition, const Letter& letter) {
  Output output;
  SurfaceHandle surface(
      cairo_pdf_surface_create_for_stream(Append, &output, page::kWidth, page::kHeight));
  SetMetadata(surface.get(), letter);
  CairoHandle canvas(cairo_create(surface.get()));
  for (size_t page = 0; page < composition.page_count(); ++page) {
    composition.Draw(canvas.get(), page);
    cairo_show_page(canvas.get());
  }
  cairo_surface_finish(surface.get());
  const cairo_status_t status = cairo_surface_status(surface.get());
  if (output.too_large) return absl::InvalidArgumentError("letter_too_large");
  if (status != CAIRO_STATUS_SUCCESS) return absl::InternalError(cairo_status_to_string(status));
  if (!HoldsPhotographs(output.pdf, letter)) return absl::InvalidArgumentError("exhibit_unusable");
  return std::move(output.pdf);
}

}  // namespace

Typesetter::Typesetter(std::unique_ptr<Fonts> fonts) : fonts_(std::move(fonts)) {}
Typesetter::~Typesetter() = default;

absl::StatusOr<std::unique_ptr<Typesetter>> Typesetter::Create() {
  absl::StatusOr<Fonts> fonts = Fonts::Load();
  if (!fonts.ok()) return fonts.status();
  if (fonts->Fingerprint() != printable::MeasuredFonts()) {
    return absl::FailedPreconditionError(
        "the installed fonts are not those that were measured when this program was built: install "
        "the same versions of the Debian packages fonts-noto-core and fonts-noto-cjk, or build it "
        "with these");
  }
  return std::unique_ptr<Typesetter>(new Typesetter(std::make_unique<Fonts>(*std::move(fonts))));
}

absl::StatusOr<std::string> Typesetter::RenderLetter(const Letter& letter) {
  const absl::StatusOr<Pictures> pictures = PicturesOf(letter);
  if (!pictures.ok()) return pictures.status();
  const Turns::Turn turn = turns_.ForLetter();
  return Typeset(letter, *pictures);
}

absl::StatusOr<std::string> Typesetter::RenderPreview(const Letter& letter,
                                                      rpc::Deadline deadline) {
  const absl::StatusOr<Pictures> pictures = PicturesOf(letter);
  if (!pictures.ok()) return pictures.status();
  const Turns::Turn turn = turns_.ForPreview(deadline);
  if (turn == nullptr) return absl::UnavailableError("others are typeset");
  return Typeset(letter, *pictures);
}

absl::StatusOr<std::string> Typesetter::Typeset(const Letter& letter, const Pictures& pictures) {
  const ContextHandle context = fonts_->NewContext();
  const Composition composition(context.get(), letter, pictures.signature.get(),
                                pictures.photographs);
  if (composition.page_count() > kMaxPages) return absl::InvalidArgumentError("too_many_pages");
  if (composition.HasUnprintable()) return absl::InvalidArgumentError("unprintable_character");
  absl::StatusOr<std::string> pdf = WritePdf(composition, letter);
  // Cairo reads a whole Chinese face, 25 MB, to embed a few of its signs; the allocator would keep
  // that for good.
  malloc_trim(0);
  return pdf;
}

}  // namespace fsft::fulfillment
