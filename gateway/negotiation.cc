#include "gateway/negotiation.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "gateway/http/elements.h"

namespace fsft::gateway {
namespace {

// One element of such a header: "text/*;q=0.5".
struct Choice {
  std::string_view name;
  double quality = 1;
};

// Other parameters do not matter here: no route answers one type in two ways.
Choice ReadChoice(std::string_view element) {
  Choice choice{.name = http::TakeElement(element, ';')};
  while (!element.empty()) {
    std::string_view parameter = http::TakeElement(element, ';');
    const std::string_view name = http::TakeElement(parameter, '=');
    double quality = 1;
    if (http::SameName(name, "q") &&
        absl::SimpleAtod({parameter.data(), parameter.size()}, &quality)) {
      choice.quality = quality;
    }
  }
  return choice;
}

// All elements of all headers of that name; empty ones are none.
std::vector<Choice> ReadChoices(const http::Request& request, std::string_view header_name) {
  std::vector<Choice> choices;
  for (const http::Header& header : request.headers) {
    if (!http::SameName(header.name, header_name)) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      const Choice choice = ReadChoice(http::TakeElement(rest, ','));
      if (!choice.name.empty()) choices.push_back(choice);
    }
  }
  return choices;
}

// How closely a media range names the type, 0 for not at all. Some clients write "*" for "*/*".
int Closeness(std::string_view range, std::string_view type) {
  if (http::SameName(range, type)) return 3;
  if (range.ends_with("/*") && range != "*/*") {
    range.remove_suffix(1);
    return http::SameName(range, type.substr(0, range.size())) ? 2 : 0;
  }
  return range == "*/*" || range == "*" ? 1 : 0;
}

bool IsMediaRange(std::string_view name) {
  return name == "*" || name.find('/') != std::string_view::npos;
}

std::optional<double> QualityOf(const std::vector<Choice>& choices, std::string_view name) {
  for (const Choice& choice : choices) {
    if (http::SameName(choice.name, name)) return choice.quality;
  }
  return std::nullopt;
}

}  // namespace

bool AcceptsType(const http::Request& request, std::string_view type) {
  bool says_something = false;
  Choice best{.name = {}, .quality = 0};
  int closest = 0;
  for (const Choice& choice : ReadChoices(request, "Accept")) {
    says_something |= IsMediaRange(choice.name);
    const int closeness = Closeness(choice.name, type);
    if (closeness <= closest) continue;
    closest = closeness;
    best = choice;
  }
  return !says_something || best.quality > 0;
}

bool AcceptsGzip(const http::Request& request) {
  const std::vector<Choice> choices = ReadChoices(request, "Accept-Encoding");
  std::optional<double> gzip = QualityOf(choices, "gzip");
  if (!gzip) gzip = QualityOf(choices, "x-gzip");
  if (!gzip) gzip = QualityOf(choices, "*");
  // Plain need not be named to be accepted, and then nothing is said of liking it better.
  return gzip && *gzip > 0 && *gzip >= QualityOf(choices, "identity").value_or(0);
}

}  // namespace fsft::gateway
