#include "shared/service/health.h"

namespace fsft::service {

namespace {

constexpr std::chrono::milliseconds kInterval{1000};
constexpr std::chrono::milliseconds kPatience{1000};

}  // namespace

Health::Health(app::App& app, rpc::Server& server, db::Database& database)
    : server_(server),
      ready_(app.ops(), [&server] { return server.serving(); }),
      probe_({.name = "health", .poll = kInterval}, app.metrics(),
             [&server, &database]() -> absl::StatusOr<int> {
               server.SetServing(database.Ping(rpc::In(kPatience)).ok());
               return 0;
             }) {}

void Health::Stop() {
  probe_.Stop();
  server_.SetServing(false);
}

}  // namespace fsft::service
