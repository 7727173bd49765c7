// A list of letters as a file, for operators.
#include <nlohmann/json.hpp>

#include "gateway/csv.h"
#include "gateway/handlers.h"
#include "gateway/letter_json.h"
#include "shared/words/words.h"

namespace fsft::gateway {
namespace {

using nlohmann::ordered_json;

// As many as fulfillment lists at a time.
constexpr int kPage = 100;
// In one file; what comes after is in another one.
constexpr int kMostPages = 100;

std::string HeaderLine() {
  std::vector<std::string> names;
  const ordered_json letter = LetterJson({});
  for (const auto& [name, value] : letter.items()) names.push_back(name);
  return CsvLine(names);
}

std::string Line(const fulfillment::ListedLetter& letter) {
  std::vector<std::string> cells;
  for (const ordered_json& value : LetterJson(letter)) {
    cells.push_back(value.is_null()     ? ""
                    : value.is_string() ? value.get<std::string>()
                                        : value.dump());
  }
  return CsvLine(cells);
}

}  // namespace

// ?list= as of ListLetters, dead_letter without; ?cursor= of the Link of the file before. A file is
// whole or is not answered at all.
absl::StatusOr<http::Response> ExportLetters(const Services& services, const Call& call) {
  const std::string_view list = call.request.Parameter("list");
  fulfillment::ListRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_list(list.empty() ? fulfillment::LETTER_LIST_DEAD_LETTER
                                : words::EnumOf<fulfillment::LetterList>(list));
  request.set_limit(kPage);
  request.set_cursor(std::string(call.request.Parameter("cursor")));
  std::string file = HeaderLine();
  int pages = 0;
  do {
    const auto page = services.backend.ListLetters(request, call.deadline);
    if (!page.ok()) return page.status();
    for (const fulfillment::ListedLetter& letter : page->letters()) file += Line(letter);
    request.set_cursor(page->next_cursor());
  } while (!request.cursor().empty() && ++pages < kMostPages);

  const std::string name = words::WordOf(request.list());
  http::Response response{
      .content_type = "text/csv; charset=utf-8; header=present",
      .body = std::move(file),
      .headers = {{"Content-Disposition", "attachment; filename=\"" + name + ".csv\""}}};
  if (!request.cursor().empty()) {
    response.headers.push_back({"Link", "</api/admin/fulfillments.csv?list=" + name +
                                            "&cursor=" + request.cursor() + ">; rel=\"next\""});
  }
  return response;
}

}  // namespace fsft::gateway
