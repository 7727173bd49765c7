#include "gateway/http/message.h"

#include "absl/strings/match.h"

namespace fsft::gateway::http {
namespace {

std::string_view FindIn(const std::vector<Header>& headers, std::string_view name) {
  for (const Header& header : headers) {
    if (SameName(header.name, name)) return header.value;
  }
  return {};
}

}  // namespace

bool SameName(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(absl::string_view(a.data(), a.size()),
                                absl::string_view(b.data(), b.size()));
}

std::string_view Request::Find(std::string_view name) const { return FindIn(headers, name); }
std::string_view Response::Find(std::string_view name) const { return FindIn(headers, name); }

void Response::Vary(std::string_view name) {
  for (Header& header : headers) {
    if (!SameName(header.name, "Vary")) continue;
    header.value.append(", ").append(name);
    return;
  }
  headers.push_back({"Vary", std::string(name)});
}

std::string_view Request::Parameter(std::string_view name) const {
  for (const Header& parameter : parameters) {
    if (parameter.name == name) return parameter.value;
  }
  return {};
}

}  // namespace fsft::gateway::http
