#pragma once

#include "shared/app/app.h"
#include "shared/db/database.h"
#include "shared/rpc/server.h"
#include "shared/work/worker.h"

namespace fsft::service {

// Keeps a service's health true: SERVING, on the health service and on the ops port, while its
// database answers. Asked once a second in the background, so that no probe waits for a database
// that does not answer.
class Health {
 public:
  // All outlive it.
  Health(app::App& app, rpc::Server& server, db::Database& database);

  // Says NOT_SERVING from now on; called before the drain.
  void Stop();

 private:
  rpc::Server& server_;
  app::ReadyScope ready_;
  work::Worker probe_;
};

}  // namespace fsft::service
