#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

#include <memory>

namespace fsft::images {

// Owners for what gdk-pixbuf and GLib hand out, so that no path leaks.
template <auto kRelease>
struct Release {
  template <typename T>
  void operator()(T* object) const {
    kRelease(object);
  }
};

using PixbufHandle = std::unique_ptr<GdkPixbuf, Release<g_object_unref>>;
using BufferHandle = std::unique_ptr<char, Release<g_free>>;

}  // namespace fsft::images
