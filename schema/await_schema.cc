// Waits until the database has the schema that this build's programs are made for. Kubernetes runs
// it before a new version of a service starts, as the service's own role: while it waits, the old
// version serves on. A newer schema will do, because changes add before they take away.

#include <string>

#include "shared/app/app.h"
#include "shared/db/database.h"
#include "shared/logging/logging.h"

namespace {

using namespace fsft;

// A change's name stays in sqitch's list for as long as the change is deployed.
constexpr db::Statement kDeployed = {"schema_deployed",
                                     "SELECT EXISTS (SELECT FROM sqitch.changes WHERE project = "
                                     "'fightsftickets' AND change = :change)"};
constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::seconds kPause{1};
// Somebody reads the log of a rollout that does not move.
constexpr int kTriesBetweenLines = 30;

// Empty when it is there.
std::string Missing(db::Database& database) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  const auto row = database.RunOne(kDeployed, {{"change", FSFT_LAST_CHANGE}}, deadline);
  // Not only a database that is down: before the first migration there is not even sqitch's list.
  if (!row.ok()) return std::string(row.status().message());
  return row->has_value() && (*row)->Bool(0) ? "" : "the change is not deployed";
}

absl::Status Await(app::App& app) {
  auto database = db::Database::Create({.url = app.config().database_url.Reveal(),
                                        .pool_size = 1,
                                        .application_name = "await_schema"},
                                       app.metrics());
  if (!database.ok()) return database.status();
  for (int tries = 0;; ++tries) {
    const std::string missing = Missing(**database);
    if (missing.empty()) break;
    if (tries % kTriesBetweenLines == 0) {
      logging::Info("waiting for the schema", {{"change", FSFT_LAST_CHANGE}, {"why", missing}});
    }
    if (app.SignalWithin(kPause)) return absl::CancelledError("stopped before the schema came");
  }
  logging::Info("the schema is there", {{"change", FSFT_LAST_CHANGE}});
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return app::Main(argc, argv, "await_schema", {"FSFT_DATABASE_URL"}, Await);
}
