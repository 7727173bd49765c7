#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "fightsftickets/intake/v1/intake.pb.h"
#include "services/intake/intake_store.h"
#include "shared/crypto/key_source.h"
#include "shared/metrics/metrics.h"
#include "tests/support/test_database.h"

namespace fsft::intake {

// What the tests of intake's stored state share: a database of their own, and keys.
class IntakesTest : public testing::Test {
 protected:
  IntakesTest();

  // An appeal that no other call answers, of a citation and an email address.
  NewAppeal Appeal(const std::string& citation = "912345678", const std::string& email = "") const;
  // A whole appeal as the gateway makes it of one body; in time on 2026-11-22.
  static fightsftickets::intake::v1::SubmitAppealRequest Request(const std::string& body = "body");
  static RequestKey Key(const std::string& key = "key", const std::string& body = "body");
  static db::Deadline Soon();

  std::string Owner(const std::string& sql) const {
    return test_database_.Query("fsft_owner", sql);
  }
  absl::Status Put(const std::string& intake, const std::string& payment, int64_t version,
                   const std::string& state);

  test::TestDatabase test_database_;
  metrics::Registry registry_;
  std::unique_ptr<db::Database> database_;
  IntakeStore store_;
  std::shared_ptr<const crypto::KeyRing> keys_;
  crypto::FixedKeys key_source_{keys_};
};

}  // namespace fsft::intake
