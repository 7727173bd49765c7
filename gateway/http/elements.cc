#include "gateway/http/elements.h"

namespace fsft::gateway::http {

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string_view TakeElement(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view element = Trim(rest.substr(0, end));
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return element;
}

}  // namespace fsft::gateway::http
