#include "gateway/http/head_meter.h"

#include <gtest/gtest.h>

#include <string>

namespace fsft::gateway::http {
namespace {

// The refusal of a head, or 0.
int RefusalOf(const std::string& head) {
  HeadMeter meter;
  for (const char c : head) {
    if (!meter.Take(c)) break;
  }
  return meter.refusal();
}

std::string Headers(size_t count, size_t size) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += "X: " + std::string(size - 5, 'x') + "\r\n";
  return text;
}

TEST(HeadMeter, TakesWhatIsWithinEachBound) {
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\n\r\n"), 0);
  EXPECT_EQ(RefusalOf("GET /" + std::string(kLongestLine - 16, 'a') + " HTTP/1.1\r\n\r\n"), 0);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\n" + Headers(kMostHeaders, 20) + "\r\n"), 0);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\n" + Headers(1, kLongestLine) + "\r\n"), 0);
}

TEST(HeadMeter, RefusesTooLongAnAddress) {
  EXPECT_EQ(RefusalOf("GET /" + std::string(kLongestLine - 15, 'a') + " HTTP/1.1\r\n\r\n"), 414);
  EXPECT_EQ(RefusalOf(std::string(1 << 20, 'a')), 414);
}

TEST(HeadMeter, RefusesTooManyAndTooLongHeaders) {
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\n" + Headers(kMostHeaders + 1, 20) + "\r\n"), 431);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\n" + Headers(1, kLongestLine + 1) + "\r\n"), 431);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\n" + Headers(5, 8000) + "\r\n"), 431) << "in all";
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\n" + std::string(1 << 20, '\n')), 431) << "empty lines";
}

}  // namespace
}  // namespace fsft::gateway::http
