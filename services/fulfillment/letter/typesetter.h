#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/fulfillment/letter/letter.h"
#include "services/fulfillment/letter/turns.h"
#include "shared/rpc/deadline.h"

namespace fsft::fulfillment {

class Fonts;
struct Pictures;

// What the printing service takes; a sheet more and it refuses the whole letter.
inline constexpr size_t kMaxPages = 60;
inline constexpr size_t kMaxPdfBytes = 5 << 20;

// Turns letters into PDF files. Safe for use by several threads: they take turns, because Pango's
// font map is made for one at a time, and a letter costs a few milliseconds. The fonts are opened
// once and shared by all letters.
class Typesetter {
 public:
  // FAILED_PRECONDITION when the fonts are missing, or are not those by which intake decides before
  // payment what can be printed: better no start than letters that cannot be mailed. Called by main.
  static absl::StatusOr<std::unique_ptr<Typesetter>> Create();
  ~Typesetter();

  // US Letter pages, fonts embedded. The same letter gives the same bytes, as long as fonts and
  // libraries are the same; the only date in the file is the letter's own, and no name is in its
  // metadata. INVALID_ARGUMENT, with the reason as its message: "text_not_utf8",
  // "unprintable_character" (no font has it), "signature_unusable", "exhibit_unusable",
  // "too_many_pages", "letter_too_large". Trying again is of no use.
  absl::StatusOr<std::string> RenderLetter(const Letter& letter);

  // The same bytes, for somebody who only wants to see them: letters to be mailed go first.
  // UNAVAILABLE when it has not begun by `deadline`.
  absl::StatusOr<std::string> RenderPreview(const Letter& letter, rpc::Deadline deadline);

 private:
  explicit Typesetter(std::unique_ptr<Fonts> fonts);

  // The caller has the turn.
  absl::StatusOr<std::string> Typeset(const Letter& letter, const Pictures& pictures);

  Turns turns_;
  std::unique_ptr<Fonts> fonts_;
};

}  // namespace fsft::fulfillment
