// The payment service: Stripe checkout sessions, webhooks, and the order's read model.

#include "absl/cleanup/cleanup.h"
#include "services/payment/admin_handler.h"
#include "services/payment/background.h"
#include "services/payment/conversion.h"
#include "services/payment/deliveries_handler.h"
#include "services/payment/event_catch_up.h"
#include "services/payment/order_gauges.h"
#include "services/payment/payments_handler.h"
#include "services/payment/reconciler.h"
#include "services/payment/statements.h"
#include "services/payment/stripe_secrets.h"
#include "shared/app/app.h"
#include "shared/db/print.h"
#include "shared/db/server_gauges.h"
#include "shared/http/outgoing_metrics.h"
#include "shared/rpc/server.h"
#include "shared/service/health.h"

namespace {

using namespace fsft;

// A batch of looks at Stripe ends in less.
constexpr std::chrono::seconds kCheckLease{120};
// Stripe allows a hundred requests in a second, and a quarter of them with test keys. Checkouts do
// not wait for their turn; there may be several replicas.
constexpr std::chrono::milliseconds kStripeInterval{100};
// Running calls may end: a checkout's takes the longest, by its deadline at the gateway.
constexpr std::chrono::seconds kDrain{30};

absl::Status Serve(app::App& app) {
  const config::Config& config = app.config();
  auto database = db::Database::Create({.url = config.database_url.Reveal(),
                                        .pool_size = config.db_pool_size,
                                        .application_name = "payment"},
                                       app.metrics());
  if (!database.ok()) return database.status();
  auto fulfillment = rpc::Channels::Open(
      rpc::ChannelsOptionsOf(config, config.fulfillment_target, "fulfillment"), app.metrics());
  if (!fulfillment.ok()) return fulfillment.status();
  auto intake = rpc::Channels::Open(rpc::ChannelsOptionsOf(config, config.intake_target, "intake"),
                                    app.metrics());
  if (!intake.ok()) return intake.status();

  payment::PaymentStore store(**database);
  payment::CheckoutStore checkouts(**database, config.reconcile_age);
  payment::CheckStore checks(**database, kCheckLease);
  payment::EventStore events(**database);
  const http::Client http({.observe = http::MeasuredAs(app.metrics(), "stripe")});
  metrics::Counter& repeated = app.metrics().AddCounter(
      "stripe_request_repeats_total", "Requests that were sent to Stripe again at once");
  payment::StripeSecrets secrets(config, app.metrics());
  payment::CircuitBreaker breaker(app.clock(), app.metrics());
  const payment::StripeApi stripe_api(http, breaker,
                                      {.base = config.stripe_api_base,
                                       .secret_key = [&] { return secrets.ApiKey(); },
                                       .repeated = [&] { repeated.Add(); }});
  const payment::StripeClient stripe(stripe_api);
  payment::Background background(config, **database, store, app.metrics(), *fulfillment, *intake);
  payment::Webhooks webhooks(events, app.clock(), app.metrics(),
                             {.secrets = [&] { return secrets.Webhooks(); },
                              .livemode = config.StripeLivemode(),
                              .wake_relay = [&] { background.Wake(); }});
  payment::SessionCheck session_check(checkouts, stripe, webhooks);
  metrics::Counter& opened = payment::CountOfOrders(app.metrics(), "checkout");
  payment::SessionOpener sessions(checkouts, stripe, session_check, app.clock(),
                                  [&] { opened.Add(); });
  work::Pace reconciling_pace(kStripeInterval);
  payment::Reconciler reconciler(
      checks, session_check, reconciling_pace, app.metrics(),
      {.first_pause = config.reconcile_age, .stopping = background.stopping()});
  payment::CatchUpStore catch_ups(**database);
  payment::EventCatchUp catch_up(
      catch_ups, stripe, webhooks, reconciling_pace, app.metrics(),
      {.pause = config.reconcile_age, .stopping = background.stopping()});
  payment::RefundStore refunds(**database, app.clock());
  payment::Refunder refunder(
      refunds, stripe, payment::ToFulfillmentNow(store, *fulfillment), [&] { background.Wake(); },
      app.clock(), app.metrics(), background.stopping());
  db::Gauges order_gauges = payment::OrderGauges(**database, app.metrics());
  db::Gauges server_gauges = db::ServerGauges(**database, app.metrics());
  // Also when the server does not start.
  const absl::Cleanup stop_workers = [&] { background.Stop(); };
  background.Start("payment_checks", [&] { return reconciler.CheckBatch(); });
  background.Start("stripe_events", [&] { return catch_up.ReadWhenDue(); });
  background.Start("payment_arrears", [&] { return reconciler.Measure(); });
  background.StartCalm("order_gauges", [&] { return order_gauges.Measure(); });
  background.StartCalm("server_gauges", [&] { return server_gauges.Measure(); });
  background.Start("refunds", [&] { return refunder.WorkBatch(); });

  rpc::GuardEnvironment guards(app.metrics());
  payment::PaymentsHandler payments(guards,
                                    {.payments = store,
                                     .events = events,
                                     .sessions = sessions,
                                     .webhooks = webhooks,
                                     .reconciler = reconciler,
                                     .breaker = breaker},
                                    app.clock(),
                                    {.terms = {.standard_cents = config.price_standard_cents,
                                               .certified_cents = config.price_certified_cents,
                                               .public_url = config.public_url},
                                     .livemode = config.StripeLivemode()});
  payment::DeliveriesHandler deliveries(guards, store, [&] { background.Wake(); });
  payment::Reports reports(**database);
  payment::AdminHandler admin(guards,
                              {.refunder = refunder,
                               .refunds = refunds,
                               .reconciler = reconciler,
                               .catch_up = catch_up,
                               .reports = reports},
                              [&] { background.Wake(); });

  auto server = rpc::Server::Start(rpc::ServerOptionsOf(config), {&payments, &deliveries, &admin});
  if (!server.ok()) return server.status();
  service::Health health(app, **server, **database);
  app.WaitForSignal();

  // Told before anything is waited for: calls end while workers finish their steps.
  background.StopClaiming();
  health.Stop();
  (*server)->Shutdown(rpc::In(kDrain));
  background.Stop();
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return app::Main(
      argc, argv, "payment",
      {"FSFT_DATABASE_URL", "FSFT_GRPC_ADDRESS", "FSFT_TLS_DIR", "FSFT_INTAKE_TARGET",
       "FSFT_FULFILLMENT_TARGET", "FSFT_STRIPE_SECRET_KEY", "FSFT_STRIPE_WEBHOOK_SECRETS"},
      Serve, [](std::ostream& out) { db::PrintStatements(payment::Statements(), out); });
}
