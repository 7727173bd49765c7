#include "services/fulfillment/letter/fonts.h"

#include <pango/pangofc-fontmap.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace fsft::fulfillment {
namespace {

// The accepted families stand directly behind the text face: many scripts have several Noto faces,
// and these go best with a serif. All others still follow, so every script that is installed
// prints.
constexpr char kConfiguration[] = R"(<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts/truetype/noto</dir>
  <dir>/usr/share/fonts/opentype/noto</dir>
  <cachedir>/var/cache/fontconfig</cachedir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias binding="same">
    <family>Noto Serif</family>
    <accept>
      <family>Noto Naskh Arabic</family>
      <family>Noto Serif Hebrew</family>
      <family>Noto Serif CJK SC</family>
      <family>Noto Serif CJK JP</family>
      <family>Noto Serif CJK KR</family>
      <family>Noto Serif Devanagari</family>
      <family>Noto Serif Bengali</family>
      <family>Noto Serif Gujarati</family>
      <family>Noto Serif Gurmukhi</family>
      <family>Noto Serif Kannada</family>
      <family>Noto Serif Malayalam</family>
      <family>Noto Serif Sinhala</family>
      <family>Noto Serif Tamil</family>
      <family>Noto Serif Telugu</family>
      <family>Noto Serif Thai</family>
      <family>Noto Serif Lao</family>
      <family>Noto Serif Khmer</family>
      <family>Noto Serif Myanmar</family>
      <family>Noto Serif Tibetan</family>
      <family>Noto Serif Armenian</family>
      <family>Noto Serif Georgian</family>
      <family>Noto Serif Ethiopic</family>
    </accept>
  </alias>
</fontconfig>)";

bool HasTextFace(PangoFontMap* map) {
  PangoFontFamily* family = pango_font_map_get_family(map, kTextFace);
  return family != nullptr && std::string_view(pango_font_family_get_name(family)) == kTextFace;
}

// A file may hold several faces.
std::string Describe(const FcPattern* face) {
  FcChar8* file = nullptr;
  int index = 0, version = 0;
  FcPatternGetString(face, FC_FILE, 0, &file);
  FcPatternGetInteger(face, FC_INDEX, 0, &index);
  FcPatternGetInteger(face, FC_FONTVERSION, 0, &version);
  const std::filesystem::path path(file == nullptr ? "" : reinterpret_cast<const char*>(file));
  std::error_code unreadable;
  const auto size = std::filesystem::file_size(path, unreadable);
  return path.filename().string() + " " + std::to_string(index) + " " + std::to_string(version) +
         " " + std::to_string(unreadable ? 0 : size) + "\n";
}

}  // namespace

Fonts::Fonts(FontConfigHandle config, FontMapHandle map)
    : config_(std::move(config)), map_(std::move(map)) {}

absl::StatusOr<Fonts> Fonts::Load() {
  FontConfigHandle config(FcConfigCreate());
  const auto* text = reinterpret_cast<const FcChar8*>(kConfiguration);
  if (!FcConfigParseAndLoadFromMemory(config.get(), text, FcTrue) ||
      !FcConfigBuildFonts(config.get())) {
    return absl::FailedPreconditionError("fontconfig refused the font configuration");
  }
  // Pango starts fontconfig's default configuration on a thread of its own when there is no current
  // one: megabytes of caches of fonts that are never used.
  FcConfigSetCurrent(config.get());
  FontMapHandle map(pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT));
  pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map.get()), config.get());
  pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map.get()),
                                      72);  // one unit is one point
  if (!HasTextFace(map.get())) {
    return absl::FailedPreconditionError(
        "the fonts are not installed: Debian package fonts-noto-core");
  }
  return Fonts(std::move(config), std::move(map));
}

std::string Fonts::Fingerprint() const {
  std::vector<std::string> faces;
  const FcFontSet* set = FcConfigGetFonts(config_.get(), FcSetSystem);
  for (int i = 0; set != nullptr && i < set->nfont; ++i) faces.push_back(Describe(set->fonts[i]));
  // They come as the file system lists them.
  std::ranges::sort(faces);
  const std::unique_ptr<GChecksum, Release<g_checksum_free>> hash(
      g_checksum_new(G_CHECKSUM_SHA256));
  for (const std::string& face : faces) {
    g_checksum_update(hash.get(), reinterpret_cast<const guchar*>(face.data()),
                      static_cast<gssize>(face.size()));
  }
  return g_checksum_get_string(hash.get());
}

ContextHandle Fonts::NewContext() const {
  ContextHandle context(pango_font_map_create_context(map_.get()));
  FontOptionsHandle options(cairo_font_options_create());
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context.get(), options.get());
  pango_context_set_round_glyph_positions(context.get(), FALSE);
  pango_context_set_language(context.get(), pango_language_from_string("en-us"));
  return context;
}

}  // namespace fsft::fulfillment
