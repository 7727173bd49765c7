#pragma once

#include "tests/sandbox/api/records.h"
#include "tests/sandbox/lob/letters.h"
#include "tests/sandbox/stripe/account.h"

namespace httplib {
class Server;
}

namespace fsft::sandbox {

// What people see in a browser: /, /pay/{session_id}, /mailbox, /inbox.
void AddPages(httplib::Server& server, stripe::Account& account, lob::Letters& letters,
              const Records& mails);

}  // namespace fsft::sandbox
