#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/fulfillment/letter/handles.h"

namespace fsft::fulfillment {

// The one face of the letter; other scripts fall back to the Noto face that covers them.
inline constexpr char kTextFace[] = "Noto Serif";

// The packaged Noto fonts and no others: the same letter looks the same on every machine, whatever
// else is installed, and the files of fonts that are not ours are never touched. Not safe for use
// by two threads at a time.
class Fonts {
 public:
  // FAILED_PRECONDITION when the text face is not installed: better no start than letters in a face
  // of chance.
  static absl::StatusOr<Fonts> Load();

  // Tells these fonts from others: by the names of their files, and the size and version of each.
  std::string Fingerprint() const;

  // A context for text that is laid out at the printer's resolution: no hinting, no rounding to
  // pixels, so that line breaks do not depend on a screen.
  ContextHandle NewContext() const;

 private:
  Fonts(FontConfigHandle config, FontMapHandle map);

  FontConfigHandle config_;
  FontMapHandle map_;
};

}  // namespace fsft::fulfillment
