#pragma once

#include <string>

#include "tests/sandbox/api/call.h"
#include "tests/sandbox/json.h"

namespace fsft::sandbox::lob {

// A letter as it was asked for, found to be printable.
struct LetterSpec {
  Json to;  // as sent: name, company, address_line1, …; absent ones null
  Json from;
  std::string mail_type;
  Json extra_service;  // null, or "certified" …
  std::string use_type;
  std::string address_placement;
  Json description;
  Json metadata;
  bool color = false;
  bool double_sided = true;
  std::string file;  // the PDF; or the HTML, template id or URL, which are not rendered here
  std::string file_type;
};

// Refuses (throws Refusal) what Lob would refuse with 422.
LetterSpec ParseLetter(const Call& call);

}  // namespace fsft::sandbox::lob
