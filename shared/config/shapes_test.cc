#include "shared/config/shapes.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace fsft::config {
namespace {

struct ShapeCase {
  const char* name;
  bool (*accepts)(std::string_view);
  std::vector<const char*> good, bad;
};

const ShapeCase kShapes[] = {
    {"address",
     IsAddress,
     {"0.0.0.0:50051", "[::]:8000", "[::1]:0", "localhost:65535", "intake-0.intake:1"},
     {"", "50051", ":50051", "localhost", "localhost:", "localhost:65536", "localhost:-1",
      "localhost: 1", "local host:1", "http://localhost:1", "localhost:1/", "[::zz]:1", "::1:80",
      "localhost:080", "localhost:1x"}},
    {"target",
     IsTarget,
     {"127.0.0.1:5001", "dns:///intake:50051", "dns:///intake", "ipv4:10.0.0.1:1,10.0.0.2:2",
      "ipv6:[::1]:1"},
     {"", "intake", "dns://intake:50051", "dns:///", "ipv4:", "ipv4:10.0.0.1:1,", "http://a:1"}},
    {"http url",
     IsHttpUrl,
     {"http://127.0.0.1:8090/lob/v1", "https://api.stripe.com", "https://[::1]:1/", "http://a"},
     {"", "api.stripe.com", "ftp://a", "http://", "http:///x", "https://user:pw@host", "http://a?b",
      "http://a#b", "http://a b", "http://a:x", "http://a\n"}},
    {"origin",
     IsOrigin,
     {"https://example.com", "http://localhost:3000", "*"},
     {"", "example.com", "https://example.com/", "https://example.com/x", "https://*"}},
    {"postgres url",
     IsPostgresUrl,
     {"postgresql://intake_rw:pw@/fsft?host=/tmp/run&port=5433", "postgres://h/db"},
     {"", "postgresql://", "mysql://h/db", "host=x dbname=y", "postgresql://h/a b"}},
    {"smtp url", IsSmtpUrl, {"smtp://u:p@mail:587", "smtps://mail"}, {"", "mail:25", "smtp://"}},
    {"mailbox",
     IsMailbox,
     {"a@b", "letters@example.com", "Us & Co. <us@example.com>"},
     {"", "Us", "us@", "<us@example.com", "Us <us@example.com> x", "a@b\r\nBcc: c@d"}},
    {"city",
     IsCity,
     {"us-ca-san_francisco", "us-dc-washington", "all", "none"},
     {"", "us-ca-", "us-california", "San Francisco", "us-CA-oakland", "everything", "ca-oakland"}},
    {"network",
     IsNetwork,
     {"10.0.0.0/8", "127.0.0.1", "::1", "fd00::/8", "0.0.0.0/0", "::/128"},
     {"", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129", "localhost", "/8",
      "10.0.0.0/8/8"}},
};

TEST(Shapes, AcceptWhatIsMeantAndNothingElse) {
  for (const ShapeCase& c : kShapes) {
    for (const char* text : c.good) EXPECT_TRUE(c.accepts(text)) << c.name << ": " << text;
    for (const char* text : c.bad) EXPECT_FALSE(c.accepts(text)) << c.name << ": " << text;
  }
}

TEST(ParseNumber, WantsPlainDigits) {
  EXPECT_EQ(ParseNumber("0"), 0);
  EXPECT_EQ(ParseNumber("989"), 989);
  EXPECT_EQ(ParseNumber("9223372036854775807"), 9223372036854775807);
  for (const char* text :
       {"", "-1", "+1", " 1", "1 ", "01", "1e3", "0x10", "1.5", "one", "9223372036854775808"}) {
    EXPECT_EQ(ParseNumber(text), -1) << text;
  }
}

}  // namespace
}  // namespace fsft::config
