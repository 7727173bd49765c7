#include "shared/rpc/request_name.h"

#include <gtest/gtest.h>

#include "shared/rpc/status.h"

namespace fsft::rpc {
namespace {

const std::string kDigest(32, '\x01');

std::string FieldOf(const absl::Status& status) {
  const auto detail = DetailOf(status);
  return detail.field_violations().empty() ? "" : detail.field_violations(0).field();
}

TEST(NameRequest, TakesTheClientsKeyForADay) {
  for (const size_t length : {size_t{16}, size_t{255}}) {
    const std::string key(length, 'k');
    const auto named = NameRequest(key, kDigest);
    ASSERT_TRUE(named.ok()) << named.status();
    EXPECT_EQ(named->name, "named:" + key);
    EXPECT_EQ(named->lifetime, std::chrono::hours(24));
  }
}

TEST(NameRequest, GoesByTheBodyForAsLongAsADoubleClickMayTake) {
  const auto named = NameRequest("", kDigest);
  ASSERT_TRUE(named.ok()) << named.status();
  std::string hex = "auto:";
  for (int i = 0; i < 32; ++i) hex += "01";
  EXPECT_EQ(named->name, hex);
  EXPECT_EQ(named->lifetime, std::chrono::minutes(15));
}

TEST(NameRequest, RefusesAKeyOrADigestThatCannotBeOne) {
  for (const size_t length : {size_t{1}, size_t{15}, size_t{256}}) {
    EXPECT_EQ(FieldOf(NameRequest(std::string(length, 'k'), kDigest).status()), "Idempotency-Key")
        << length;
  }
  for (const size_t length : {size_t{0}, size_t{31}, size_t{33}}) {
    EXPECT_EQ(FieldOf(NameRequest("", std::string(length, 'd')).status()), "request_digest")
        << length;
  }
}

}  // namespace
}  // namespace fsft::rpc
