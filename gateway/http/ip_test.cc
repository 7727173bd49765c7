#include "gateway/http/ip.h"

#include <gtest/gtest.h>

namespace fsft::gateway::http {
namespace {

Ip Of(std::string_view text) {
  const auto ip = ParseIp(text);
  EXPECT_TRUE(ip) << text;
  return ip.value_or(Ip{});
}

TEST(Ip, AMappedAddressIsTheIpv4Address) {
  EXPECT_EQ(Of("::ffff:203.0.113.7"), Of("203.0.113.7"));
  EXPECT_EQ(Of("::ffff:cb00:7107"), Of("203.0.113.7"));
  EXPECT_NE(Of("::203.0.113.7"), Of("203.0.113.7"));
}

TEST(Ip, WhatIsNoAddressIsNone) {
  for (const std::string_view text :
       {std::string_view(""), std::string_view("localhost"), std::string_view("1.2.3"),
        std::string_view("1.2.3.256"), std::string_view("01.2.3.4.5"),
        std::string_view("1.2.3.4:80"), std::string_view("[::1]"), std::string_view("fe80::1%eth0"),
        std::string_view(" 1.2.3.4"), std::string_view("1.2.3.4\0x", 9), std::string_view("::1/64"),
        std::string_view("unknown")}) {
    EXPECT_FALSE(ParseIp(text)) << text;
  }
}

TEST(Ip, AClientIsAnIpv4AddressOrAnIpv6Network) {
  EXPECT_NE(ClientNetwork(Of("203.0.113.7")), ClientNetwork(Of("203.0.113.8")));
  EXPECT_EQ(ClientNetwork(Of("2001:db8:0:1::1")), ClientNetwork(Of("2001:db8:0:1:ffff::2")));
  EXPECT_NE(ClientNetwork(Of("2001:db8:0:1::1")), ClientNetwork(Of("2001:db8:0:2::1")));
}

TEST(Ip, NetworksContainWhatTheySay) {
  const Networks networks({"10.0.0.0/8", "192.0.2.129/25", "198.51.100.7", "2001:db8::/33", "::1"});
  for (const char* inside : {"10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3", "192.0.2.128",
                             "192.0.2.255", "198.51.100.7", "2001:db8:7fff::1", "::1"}) {
    EXPECT_TRUE(networks.Contain(Of(inside))) << inside;
  }
  for (const char* outside :
       {"11.0.0.0", "9.255.255.255", "192.0.2.127", "198.51.100.8", "2001:db8:8000::1", "::2"}) {
    EXPECT_FALSE(networks.Contain(Of(outside))) << outside;
  }
}

TEST(Ip, AllOfOneFamilyIsNotAllOfTheOther) {
  EXPECT_TRUE(Networks({"0.0.0.0/0"}).Contain(Of("203.0.113.7")));
  EXPECT_FALSE(Networks({"0.0.0.0/0"}).Contain(Of("2001:db8::1")));
  EXPECT_TRUE(Networks({"::/0"}).Contain(Of("2001:db8::1")));
  EXPECT_FALSE(Networks().Contain(Of("127.0.0.1")));
}

}  // namespace
}  // namespace fsft::gateway::http
