#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/db/database.h"
#include "shared/metrics/metrics.h"

namespace fsft::db {

// Gauges whose values one statement reads: rows of (name, value), the value a bigint, NULL where
// there is nothing to measure. A Worker runs it at a calm interval, never a scrape or a request; so
// the statement must be index look-ups, and what it counts must have an end.
class Gauges {
 public:
  // What is only measured is looked at a third as often as there may be work.
  static constexpr int kCalm = 3;

  struct Spec {
    // As the statement's row calls it.
    std::string row;
    std::string name;
    std::string help;
    metrics::Labels labels = {};
    // What a NULL means.
    double nothing = 0;
  };

  // `database` and `registry` outlive it.
  Gauges(Database& database, metrics::Registry& registry, const Statement& statement,
         const std::vector<Spec>& specs);

  // The step of a Worker. Answers 0, or the database's error; the gauges then keep their values.
  // INTERNAL when the statement's rows are not those that were announced.
  absl::StatusOr<int> Measure(Params params = {});

 private:
  struct Measured {
    metrics::Gauge* gauge;
    double nothing;
  };

  Database& database_;
  const Statement statement_;
  // By row.
  std::map<std::string, Measured, std::less<>> gauges_;
};

}  // namespace fsft::db
