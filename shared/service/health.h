#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "shared/app/app.h"
#include "shared/db/database.h"
#include "shared/rpc/server.h"
#include "shared/work/worker.h"

namespace fsft::service {

// Keeps a service's health true: SERVING, on the health service and on the ops port, while its
// database answers. Asked once a second in the background, so that no probe waits for a database
// that does not answer; and watched, because libpq waits for ever for one that hangs.
class Health {
 public:
  // All outlive it.
  Health(app::App& app, rpc::Server& server, db::Database& database);

  // Says NOT_SERVING from now on; called before the drain.
  void Stop();

 private:
  void Ask();
  void Watch();

  rpc::Server& server_;
  db::Database& database_;
  std::mutex mutex_;
  // While an answer is awaited.
  std::optional<std::chrono::steady_clock::time_point> asked_at_;
  // The threads last: they use the others.
  app::ReadyScope ready_;
  work::Worker probe_;
  work::Worker watch_;
};

}  // namespace fsft::service
