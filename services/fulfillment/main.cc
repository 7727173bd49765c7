// The fulfillment service: letters, from the order to the printer.

#include "services/fulfillment/address/verifying_checker.h"
#include "services/fulfillment/addresses_handler.h"
#include "services/fulfillment/admin_handler.h"
#include "services/fulfillment/background.h"
#include "services/fulfillment/letters_handler.h"
#include "services/fulfillment/notify/notifications.h"
#include "services/fulfillment/orders_handler.h"
#include "services/fulfillment/previews.h"
#include "services/fulfillment/statements.h"
#include "services/fulfillment/tracking/lob_webhooks.h"
#include "shared/app/app.h"
#include "shared/db/print.h"
#include "shared/http/outgoing_metrics.h"
#include "shared/rpc/server.h"
#include "shared/secrets/live_secrets.h"
#include "shared/service/health.h"

namespace {

using namespace fsft;

// Running calls may end: a preview's takes the longest, by its deadline at the gateway.
constexpr std::chrono::seconds kDrain{15};

// Asked for at a time: one is typeset while the other's photographs are fetched.
constexpr int kPreviews = 2;

std::string MailMode(const config::Config& config) {
  if (config.lob_api_key.empty()) return "unconfigured";
  return config.LobLivemode() ? "live" : "test";
}

absl::Status Serve(app::App& app) {
  const config::Config& config = app.config();
  auto keys = crypto::KeyFile::Open(config.data_keys_file, app.metrics());
  if (!keys.ok()) return keys.status();
  auto typesetter = fulfillment::Typesetter::Create();
  if (!typesetter.ok()) return typesetter.status();
  auto database = db::Database::Create({.url = config.database_url.Reveal(),
                                        .pool_size = config.db_pool_size,
                                        .application_name = "fulfillment"},
                                       app.metrics());
  if (!database.ok()) return database.status();
  auto intake = rpc::Channels::Open(rpc::ChannelsOptionsOf(config, config.intake_target, "intake"),
                                    app.metrics());
  if (!intake.ok()) return intake.status();
  auto payment = rpc::Channels::Open(
      rpc::ChannelsOptionsOf(config, config.payment_target, "payment"), app.metrics());
  if (!payment.ok()) return payment.status();

  secrets::LiveSecrets webhook_secrets(
      config, app.metrics(),
      {.variable = "FSFT_LOB_WEBHOOK_SECRETS",
       .pick = [](const config::Config& changed) { return changed.lob_webhook_secrets; }});
  fulfillment::LettersStore store(**database);
  fulfillment::LobKey lob_key(config, app.metrics());
  fulfillment::MailingStore mailing(
      **database, [&] { return lob_key.Fingerprint(); }, lob_key.livemode());
  fulfillment::Background background(config, **database, store, mailing, lob_key, **typesetter,
                                     **keys, app.metrics(), *intake, *payment);
  auto notifications =
      fulfillment::Notifications::Start(config, **database, app.metrics(), *intake);
  if (!notifications.ok()) return notifications.status();
  const auto wake = [&] {
    background.Wake();
    (*notifications)->Wake();
  };

  const auto submissions = fulfillment::SubmissionsOf(*intake);
  fulfillment::Previews previews(*submissions, **typesetter);

  rpc::GuardEnvironment guards(app.metrics(), {.render = kPreviews});
  fulfillment::OrdersHandler orders(guards, store, wake);
  fulfillment::TrackingStore tracking(**database);
  fulfillment::LobWebhooks webhooks(background.tracker(), app.clock(), app.metrics(),
                                    [&] { return webhook_secrets.Current(); });
  fulfillment::LettersHandler letters(
      guards,
      {.letters = store,
       .mailing = mailing,
       .tracking = tracking,
       .webhooks = webhooks,
       .previews = previews,
       .keys = **keys},
      {.mail_mode = MailMode(config), .verifies_addresses = config.address_checks_per_hour > 0});
  const http::Client http({.observe = http::MeasuredAs(app.metrics(), "lob_addresses")});
  fulfillment::VerifyingChecker checker(
      {.api_base = config.lob_api_base,
       .api_key = [&] { return lob_key.Current(); },
       .per_hour = config.address_checks_per_hour},
      app.clock(), app.metrics(), [&](const http::Request& request) { return http.Send(request); });
  fulfillment::AddressesHandler addresses(guards, checker);
  fulfillment::LetterReports reports(**database, app.metrics(), lob_key.livemode());
  fulfillment::AdminHandler admin(guards, store, mailing, reports, wake);

  auto server =
      rpc::Server::Start(rpc::ServerOptionsOf(config), {&orders, &letters, &addresses, &admin});
  if (!server.ok()) return server.status();
  service::Health health(app, **server, **database);
  app.WaitForSignal();

  // Told before anything is waited for: calls end while a letter is posted.
  background.StopClaiming();
  (*notifications)->StopClaiming();
  health.Stop();
  (*server)->Shutdown(rpc::In(kDrain));
  background.Stop();
  (*notifications)->Stop();
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return app::Main(argc, argv, "fulfillment",
                   {"FSFT_DATABASE_URL", "FSFT_GRPC_ADDRESS", "FSFT_TLS_DIR", "FSFT_INTAKE_TARGET",
                    "FSFT_PAYMENT_TARGET", "FSFT_DATA_KEYS_FILE"},
                   Serve,
                   [](std::ostream& out) { db::PrintStatements(fulfillment::Statements(), out); });
}
