#include "gateway/http/client_address.h"

#include <gtest/gtest.h>

namespace fsft::gateway::http {
namespace {

Ip ClientOf(const char* peer, const std::vector<const char*>& forwarded) {
  Request request{.method = "GET", .path = "/", .headers = {}, .body = {}, .remote_addr = peer};
  request.headers.push_back({"Host", "example.com"});
  for (const char* value : forwarded) request.headers.push_back({"x-forwarded-for", value});
  return ClientAddress(request, Networks({"10.0.0.0/8", "2001:db8:ffff::/48"}));
}

struct Case {
  const char* peer;
  std::vector<const char*> forwarded;
  const char* client;
};

void ExpectClients(const std::vector<Case>& cases) {
  for (const Case& item : cases) {
    EXPECT_EQ(ClientOf(item.peer, item.forwarded), *ParseIp(item.client))
        << item.peer << " says " << (item.forwarded.empty() ? "nothing" : item.forwarded.back());
  }
}

TEST(ClientAddress, AStrangersWordsAreNotBelieved) {
  ExpectClients({{"203.0.113.7", {}, "203.0.113.7"},
                 {"203.0.113.7", {"198.51.100.1"}, "203.0.113.7"},
                 {"2001:db8::7", {"10.0.0.1, 198.51.100.1"}, "2001:db8::7"}});
}

TEST(ClientAddress, OurProxiesAreBelievedFromTheEnd) {
  ExpectClients({{"10.0.0.1", {"198.51.100.1"}, "198.51.100.1"},
                 // The client has claimed to be somebody else.
                 {"10.0.0.1", {"192.0.2.9, 198.51.100.1"}, "198.51.100.1"},
                 {"10.0.0.1", {"192.0.2.9,198.51.100.1 ,\t10.9.9.9"}, "198.51.100.1"},
                 {"2001:db8:ffff::1", {"2001:db8::5"}, "2001:db8::5"},
                 {"10.0.0.1", {"::ffff:198.51.100.1"}, "198.51.100.1"},
                 {"10.0.0.1", {"198.51.100.1:4711"}, "198.51.100.1"},
                 {"10.0.0.1", {"[2001:db8::5]:4711"}, "2001:db8::5"},
                 {"10.0.0.1", {"[2001:db8::5]"}, "2001:db8::5"}});
}

TEST(ClientAddress, WhereNothingIsSaidOrAllAreOursTheFarthestOfOursCounts) {
  ExpectClients({{"10.0.0.1", {}, "10.0.0.1"},
                 {"10.0.0.1", {"10.0.0.2"}, "10.0.0.2"},
                 {"10.0.0.1", {"10.0.0.3, 10.0.0.2"}, "10.0.0.3"}});
}

TEST(ClientAddress, WhatIsNoAddressIsNotBelievedNorWhatStandsBeforeIt) {
  ExpectClients({{"10.0.0.1", {"unknown"}, "10.0.0.1"},
                 {"10.0.0.1", {""}, "10.0.0.1"},
                 {"10.0.0.1", {"198.51.100.1, "}, "10.0.0.1"},
                 {"10.0.0.1", {"198.51.100.1, _hidden, 10.0.0.2"}, "10.0.0.2"},
                 {"10.0.0.1", {"198.51.100.1;10.0.0.2"}, "10.0.0.1"},
                 {"10.0.0.1", {"[2001:db8::5"}, "10.0.0.1"},
                 {"10.0.0.1", {"999.1.1.1"}, "10.0.0.1"}});
}

TEST(ClientAddress, SeveralLinesAreOneList) {
  ExpectClients({{"10.0.0.1", {"192.0.2.9", "198.51.100.1"}, "198.51.100.1"},
                 {"10.0.0.1", {"198.51.100.1", "10.0.0.2, 10.0.0.3"}, "198.51.100.1"},
                 {"10.0.0.1", {"198.51.100.1", "nonsense"}, "10.0.0.1"}});
}

TEST(ClientAddress, APeerThatHasGoneIsNobody) { EXPECT_EQ(ClientOf("", {"10.0.0.1"}), Ip{}); }

}  // namespace
}  // namespace fsft::gateway::http
