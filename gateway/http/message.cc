#include "gateway/http/message.h"

#include "absl/strings/match.h"

namespace fsft::gateway::http {

bool SameName(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(absl::string_view(a.data(), a.size()),
                                absl::string_view(b.data(), b.size()));
}

std::string_view Request::Find(std::string_view name) const {
  for (const Header& header : headers) {
    if (SameName(header.name, name)) return header.value;
  }
  return {};
}

std::string_view Request::Parameter(std::string_view name) const {
  for (const Header& parameter : parameters) {
    if (parameter.name == name) return parameter.value;
  }
  return {};
}

}  // namespace fsft::gateway::http
