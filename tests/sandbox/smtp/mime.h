#pragma once

#include <string>
#include <string_view>

#include "tests/sandbox/json.h"

namespace fsft::sandbox::smtp {

// What a person sees of a mail: subject, message_id, date, header_from, header_to, text and html,
// decoded; a part that it does not have is empty. Reads what this suite's senders write and plain
// text besides, and is no judge: tests compare it with a real library.
Json ReadMail(std::string_view raw);

}  // namespace fsft::sandbox::smtp
