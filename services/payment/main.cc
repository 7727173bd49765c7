// The payment service: Stripe checkout sessions, webhooks, and the order's read model.

#include "services/payment/admin_handler.h"
#include "services/payment/background.h"
#include "services/payment/deliveries_handler.h"
#include "services/payment/payments_handler.h"
#include "services/payment/stripe_secrets.h"
#include "shared/app/app.h"
#include "shared/rpc/server.h"
#include "shared/service/health.h"

namespace {

using namespace fsft;

// Running calls may end, and the step under way in each worker.
constexpr std::chrono::seconds kDrain{10};

absl::Status Serve(app::App& app) {
  const config::Config& config = app.config();
  auto database = db::Database::Create({.url = config.database_url.Reveal(),
                                        .pool_size = config.db_pool_size,
                                        .application_name = "payment"},
                                       app.metrics());
  if (!database.ok()) return database.status();
  auto fulfillment =
      rpc::Channels::Open(rpc::ChannelsOptionsOf(config, config.fulfillment_target, "fulfillment"));
  if (!fulfillment.ok()) return fulfillment.status();
  auto intake = rpc::Channels::Open(rpc::ChannelsOptionsOf(config, config.intake_target, "intake"));
  if (!intake.ok()) return intake.status();

  payment::PaymentStore store(**database);
  payment::CheckoutStore checkouts(**database);
  payment::EventStore events(**database);
  const http::Client http;
  payment::StripeSecrets secrets(config, app.metrics());
  payment::CircuitBreaker breaker(app.clock(), app.metrics());
  const payment::StripeApi stripe_api(
      http, breaker,
      {.base = config.stripe_api_base, .secret_key = [&] { return secrets.ApiKey(); }});
  const payment::StripeClient stripe(stripe_api);
  payment::Background background(config, **database, store, app.metrics(), *fulfillment, *intake);
  payment::Webhooks webhooks(events, app.clock(), app.metrics(),
                             {.secrets = [&] { return secrets.Webhooks(); },
                              .livemode = config.StripeLivemode(),
                              .wake_relay = [&] { background.Wake(); }});
  payment::SessionOpener sessions(checkouts, stripe, webhooks, app.clock());
  payment::RefundStore refunds(**database, app.clock());
  payment::Refunder refunder(
      refunds, stripe, payment::ToFulfillmentNow(store, *fulfillment), [&] { background.Wake(); },
      app.clock(), app.metrics());
  background.Start("refunds", [&] { return refunder.WorkBatch(); });

  rpc::GuardEnvironment guards(app.metrics());
  payment::PaymentsHandler payments(
      guards, {.payments = store, .events = events, .sessions = sessions, .webhooks = webhooks},
      app.clock(),
      {.terms = {.standard_cents = config.price_standard_cents,
                 .certified_cents = config.price_certified_cents,
                 .public_url = config.public_url},
       .livemode = config.StripeLivemode()});
  payment::DeliveriesHandler deliveries(guards, store, [&] { background.Wake(); });

  payment::AdminHandler admin(guards, {.refunder = refunder, .refunds = refunds},
                              [&] { background.Wake(); });

  auto server = rpc::Server::Start(rpc::ServerOptionsOf(config), {&payments, &deliveries, &admin});
  if (!server.ok()) return server.status();
  service::Health health(app, **server, **database);
  app.WaitForSignal();

  health.Stop();
  background.Stop();
  (*server)->Shutdown(rpc::In(kDrain));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return app::Main(
      argc, argv, "payment",
      {"FSFT_DATABASE_URL", "FSFT_GRPC_ADDRESS", "FSFT_TLS_DIR", "FSFT_INTAKE_TARGET",
       "FSFT_FULFILLMENT_TARGET", "FSFT_STRIPE_SECRET_KEY", "FSFT_STRIPE_WEBHOOK_SECRETS"},
      Serve);
}
