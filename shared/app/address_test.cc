#include "shared/app/address.h"

#include <gtest/gtest.h>

namespace fsft::app {
namespace {

TEST(Address, ReadsHostAndPort) {
  const auto address = ParseAddress("0.0.0.0:9051");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "0.0.0.0");
  EXPECT_EQ(address->port, 9051);
}

TEST(Address, TakesIpv6OnlyInBrackets) {
  const auto address = ParseAddress("[::1]:0");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "::1");
  EXPECT_FALSE(ParseAddress("::1:0"));
}

TEST(Address, RefusesWhatIsMalformed) {
  for (const char* text : {"", "host", ":80", "host:", "host:port", "host:80x", "host:65536",
                           "host:-1", "[]:80", "[::1:80"}) {
    EXPECT_FALSE(ParseAddress(text)) << text;
  }
}

}  // namespace
}  // namespace fsft::app
