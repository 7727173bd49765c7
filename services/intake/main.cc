// The intake service: citations, letters, and the personal data, sealed.

#include "services/intake/admin_handler.h"
#include "services/intake/background.h"
#include "services/intake/intake_handler.h"
#include "services/intake/orders_handler.h"
#include "services/intake/statements.h"
#include "services/intake/submissions_handler.h"
#include "shared/app/app.h"
#include "shared/db/print.h"
#include "shared/rpc/server.h"
#include "shared/service/health.h"
#include "shared/work/worker.h"

namespace {

using namespace fsft;

// Running calls may end: a checkout's takes the longest, by its deadline at the gateway.
constexpr std::chrono::seconds kDrain{30};
constexpr std::chrono::seconds kPatience{5};
// Each may hold 200 MB for a second.
constexpr int kPhotographsAtOnce = 2;
// A photograph of 10 MiB, and what is sent with it.
constexpr int kLargestRequest = 12 << 20;

absl::Status Serve(app::App& app) {
  const config::Config& config = app.config();
  auto keys = crypto::KeyFile::Open(config.data_keys_file, app.metrics());
  if (!keys.ok()) return keys.status();
  auto database = db::Database::Create({.url = config.database_url.Reveal(),
                                        .pool_size = config.db_pool_size,
                                        .application_name = "intake"},
                                       app.metrics());
  if (!database.ok()) return database.status();

  intake::IntakeStore store(**database);
  intake::RegistryCache registry(store, intake::ServedUnverified(config.serve_unverified));
  // Every replica keeps its own copy of the registry fresh, whether it does background work or not.
  work::Worker refresh({.name = "registry", .poll = config.work_poll}, app.metrics(),
                       [&]() -> absl::StatusOr<int> {
                         if (auto status = registry.Refresh(rpc::In(kPatience)); !status.ok())
                           return status;
                         return 0;
                       });
  intake::ErasureLedger ledger(config.erasure_ledger_dir, app.clock());
  if (absl::Status status = ledger.CheckWritable(); !status.ok()) return status;
  intake::Eraser eraser(**database, ledger);
  intake::Background background(config, **database, store, eraser, **keys, app.metrics());

  rpc::GuardEnvironment guards(app.metrics(), {.render = kPhotographsAtOnce});
  intake::Citations citations(registry, app.clock());
  intake::Submitter submitter(store, registry, **keys, app.clock());
  intake::StepStore step_store(**database);
  intake::StepFlow steps(step_store, registry, **keys, app.clock());
  intake::ExhibitStore exhibit_store(**database);
  intake::Exhibits exhibits(exhibit_store, steps, **keys, app.clock());
  intake::StepCheckout step_checkout(
      {.flow = steps, .steps = step_store, .intakes = store, .exhibits = exhibits}, registry,
      **keys, app.clock());
  intake::Finder finder(**database, **keys);
  intake::Support support(**database, **keys, app.metrics(), app.clock());
  intake::IntakeHandler intakes(guards, {.registry = registry,
                                         .citations = citations,
                                         .submitter = submitter,
                                         .steps = steps,
                                         .step_checkout = step_checkout,
                                         .exhibits = exhibits,
                                         .finder = finder,
                                         .support = support,
                                         .keys = **keys});
  intake::AdminHandler admin(guards, finder, eraser, support);
  intake::SubmissionsHandler submissions(guards, store, exhibits, eraser, **keys);
  intake::OrdersHandler orders(guards, store);

  rpc::ServerOptions options = rpc::ServerOptionsOf(config);
  options.max_receive_bytes = kLargestRequest;
  auto server = rpc::Server::Start(options, {&intakes, &submissions, &orders, &admin});
  if (!server.ok()) return server.status();
  service::Health health(app, **server, **database);
  app.WaitForSignal();

  // Told before anything is waited for: calls end while workers finish their steps.
  background.StopClaiming();
  refresh.StopClaiming();
  health.Stop();
  (*server)->Shutdown(rpc::In(kDrain));
  background.Stop();
  refresh.Stop();
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return app::Main(
      argc, argv, "intake",
      {"FSFT_DATABASE_URL", "FSFT_DATA_KEYS_FILE", "FSFT_GRPC_ADDRESS", "FSFT_TLS_DIR"}, Serve,
      [](std::ostream& out) { db::PrintStatements(intake::Statements(), out); });
}
