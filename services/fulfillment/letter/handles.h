#pragma once

#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>

#include <memory>

namespace fsft::fulfillment {

// Owners for what Cairo, Pango and fontconfig hand out, so that no path leaks.
template <auto kRelease>
struct Release {
  template <typename T>
  void operator()(T* object) const {
    kRelease(object);
  }
};

using FontConfigHandle = std::unique_ptr<FcConfig, Release<FcConfigDestroy>>;
using FontMapHandle = std::unique_ptr<PangoFontMap, Release<g_object_unref>>;
using ContextHandle = std::unique_ptr<PangoContext, Release<g_object_unref>>;
using LayoutHandle = std::unique_ptr<PangoLayout, Release<g_object_unref>>;
using LayoutIterHandle = std::unique_ptr<PangoLayoutIter, Release<pango_layout_iter_free>>;
using FontDescriptionHandle =
    std::unique_ptr<PangoFontDescription, Release<pango_font_description_free>>;
using FontOptionsHandle =
    std::unique_ptr<cairo_font_options_t, Release<cairo_font_options_destroy>>;
using AttributesHandle = std::unique_ptr<PangoAttrList, Release<pango_attr_list_unref>>;
using SurfaceHandle = std::unique_ptr<cairo_surface_t, Release<cairo_surface_destroy>>;
using CairoHandle = std::unique_ptr<cairo_t, Release<cairo_destroy>>;

}  // namespace fsft::fulfillment
