#pragma once

#include <map>
#include <memory>
#include <string>

#include "services/fulfillment/letter/typesetter.h"
#include "shared/crypto/key_source.h"
#include "shared/metrics/metrics.h"
#include "tests/schedules/faults.h"
#include "tests/schedules/printing_house.h"
#include "tests/schedules/suite.h"
#include "tests/support/test_database.h"

namespace fsft::schedules {

// Everything that lasts from one schedule to the next: the database, the neighbours, and the suite
// until it crashes.
struct World {
  World() { Restart(); }
  // The suite crashes, with all connections, and starts anew.
  void Restart();

  test::TestDatabase database;
  metrics::Registry registry;
  // Owns all tables: for the passage of time, and for what other services or people do.
  std::unique_ptr<db::Database> owner =
      *db::Database::Create({.url = database.Url("fsft_owner"), .pool_size = 1}, registry);
  std::unique_ptr<fulfillment::Typesetter> typesetter = *fulfillment::Typesetter::Create();
  std::shared_ptr<const crypto::KeyRing> keys = *crypto::KeyRing::Parse(
      "wrap:w:" + std::string(64, 'a') + "\nlookup:l:" + std::string(64, 'a') +
      "\ntoken:t:" + std::string(64, 'a') + "\n");
  crypto::FixedKeys key_source{keys};

  Chance chance;
  Faults faults{chance};
  PrintingHouse printer{faults};
  SubmissionsOfIntake submissions{faults};
  std::unique_ptr<Suite> suite;
};

}  // namespace fsft::schedules
