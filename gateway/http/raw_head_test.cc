#include "gateway/http/raw_head.h"

#include <gtest/gtest.h>

#include <string>

namespace fsft::gateway::http {
namespace {

std::string Head(const std::string& lines, const std::string& version = "1.1") {
  return "POST /a HTTP/" + version + "\r\n" + lines + "\r\n";
}

TEST(RawHead, TakesWhatEverybodyReadsAlike) {
  for (const char* lines : {"Host: x\r\n", "host:\r\n", "Host: [::1]:8000\r\nContent-Length: 5\r\n",
                            "Host: x\r\nTransfer-Encoding: chunked\r\n",
                            "Host: x\r\nX-Caption: caf%C3%A9\r\n", "Host: x\r\nX: \t a : b\r\n"})
    EXPECT_TRUE(IsUnambiguous(Head(lines))) << lines;
  EXPECT_TRUE(IsUnambiguous(Head("", "1.0")));
}

TEST(RawHead, RefusesWhatAProxyMayReadOtherwise) {
  for (const char* lines :
       {"", "Host: x\r\nHost: x\r\n", "Host: a b\r\n", "Host: x/y\r\n", "Host: u@x\r\n",
        "Host: x\r\nContent-Length : 5\r\n", "Host: x\r\nTransfer-Encoding\t: chunked\r\n",
        "Host: x\r\nContent-Length: %35\r\n", "Host: x\r\nTransfer-Encoding: chunke%64\r\n",
        "Host: x\r\nTransfer-Encoding: chunked\n\r\n", "Host: x\nX: y\r\n",
        "Host: x\r\nX: y\rContent-Length: 5\r\n", "Host: x\r\nX: y\r\n folded: z\r\n",
        "Host: x\r\n: nameless\r\n", "Host: x\r\nno colon\r\n"})
    EXPECT_FALSE(IsUnambiguous(Head(lines))) << lines;
  EXPECT_FALSE(IsUnambiguous(Head("Transfer-Encoding: chunked\r\n", "1.0")));
  EXPECT_FALSE(IsUnambiguous(Head("Host: x\r\nHost: y\r\n", "1.0")));
  EXPECT_FALSE(IsUnambiguous("GET / HTTP/1.1\nHost: x\r\n\r\n"));
  EXPECT_FALSE(IsUnambiguous("GET  / HTTP/1.1\r\nHost: x\r\n\r\n"));
}

TEST(RawHead, TellsAnUnknownMethodAndVersionFromNonsense) {
  const std::pair<const char*, int> heads[] = {{"BREW / HTTP/1.1\r\n", 501},
                                               {"get / HTTP/1.1\r\n", 501},
                                               {"GET / HTTP/2.0\r\n", 505},
                                               {"PRI * HTTP/2.0\r\n", 505},
                                               {"GET / HTTP/1.1\r\nbad\r\n", 400},
                                               {"GET /a b HTTP/1.1\r\n", 400},
                                               {"NONSENSE\r\n", 400},
                                               {"B(W / HTTP/1.1\r\n", 400},
                                               {"\x16\x03\x01", 400},
                                               {"", 400}};
  for (const auto& [head, status] : heads) EXPECT_EQ(StatusOfUnreadable(head, 400), status) << head;
  EXPECT_EQ(StatusOfUnreadable("BREW / HTTP/1.1\r\n", 414), 414);
}

TEST(RawHead, FindsCloseAmongAConnectionsOptions) {
  for (const char* value : {"close", "Close", "keep-alive, close", "TE ,\tclose"})
    EXPECT_TRUE(AsksToClose(value)) << value;
  for (const char* value : {"", "keep-alive", "closed", "not close"})
    EXPECT_FALSE(AsksToClose(value)) << value;
}

}  // namespace
}  // namespace fsft::gateway::http
