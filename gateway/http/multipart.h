// Forms with files, as browsers send them (RFC 7578). Strict: what is not exactly such a form is
// none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fsft::gateway::http {

// More than any form of ours has.
inline constexpr size_t kMaxParts = 16;

struct Part {
  // As the form's field is called.
  std::string name;
  // A view into the body.
  std::string_view content;
};

// By its Content-Type, whatever its parameters.
bool IsMultipart(std::string_view content_type);

// The boundary of "multipart/form-data; boundary=..."; nullopt for another type or a boundary that
// RFC 2046 does not allow.
std::optional<std::string> MultipartBoundary(std::string_view content_type);

// The parts in the order in which they came. The file names and types that a client may add to them
// are not looked at. nullopt for a body that is no such form, has a part without a name, or more
// than kMaxParts.
std::optional<std::vector<Part>> ReadMultipart(std::string_view body, std::string_view boundary);

}  // namespace fsft::gateway::http
