#pragma once

#include <string>

#include "shared/smtp/mailbox.h"
#include "shared/time/clock.h"

namespace fsft::smtp {

// One email to one receiver, in the same words twice: as text and as HTML. All of it is UTF-8;
// lines end in "\n".
struct Message {
  Mailbox from;
  std::string to;  // an address, see IsAddress
  std::string subject;
  // The same for each copy of the same email, so that the receiver's side can tell: "id@domain",
  // without the brackets.
  std::string message_id;
  time::TimePoint date;
  std::string text;
  std::string html;
};

}  // namespace fsft::smtp
