#include "shared/config/fields.h"

#include "shared/config/shapes.h"

namespace fsft::config {
namespace {

const Shape kAddress{IsAddress, "host:port"};
const Shape kTarget{IsTarget, "host:port or dns:///host:port"};
const Shape kHttpUrl{IsHttpUrl, "an http:// or https:// URL without user, query and fragment"};
const Shape kOrigin{IsOrigin, "scheme://host[:port] or *"};
const Shape kNetwork{IsNetwork, "an IP address or network such as 10.0.0.0/8"};
const Shape kCity{IsCity, "a city id such as us-ca-oakland, all or none"};
const Shape kPostgresUrl{IsPostgresUrl, "a postgresql:// URL"};
const Shape kSmtpUrl{IsSmtpUrl, "an smtp:// or smtps:// URL"};
const Shape kMailbox{IsMailbox, "an email address, or Name <address>"};
const Shape kKey{IsWord, "printable and without spaces"};
const std::monostate kAnyText;

}  // namespace

// The bounds keep out slips (a pool of 0, minutes given as seconds); they do not replace judgement.
const std::vector<Group>& Groups() {
  static const auto* const groups = new std::vector<Group>{
      {"Listening, and the other programs",
       {
           {"FSFT_GRPC_ADDRESS", &Config::grpc_address, kAddress, "where the gRPC server listens"},
           {"FSFT_OPS_ADDRESS", &Config::ops_address, kAddress,
            "where /metrics and /health are served; not for the Internet"},
           {"FSFT_HTTP_ADDRESS", &Config::http_address, kAddress, "where the gateway listens"},
           {"FSFT_INTAKE_TARGET", &Config::intake_target, kTarget, "gRPC target of intake"},
           {"FSFT_PAYMENT_TARGET", &Config::payment_target, kTarget, "gRPC target of payment"},
           {"FSFT_FULFILLMENT_TARGET", &Config::fulfillment_target, kTarget,
            "gRPC target of fulfillment"},
           {"FSFT_TLS_DIR", &Config::tls_dir, kAnyText,
            "directory of ca.crt, tls.crt and tls.key for mutual TLS"},
           {"FSFT_GRPC_REFLECTION", &Config::grpc_reflection, kAnyText,
            "lets grpcurl list the methods"},
       }},
      {"Database and background work",
       {
           {"FSFT_DATABASE_URL", &Config::database_url, kPostgresUrl,
            "PostgreSQL, as the service's own role"},
           {"FSFT_DB_POOL_SIZE", &Config::db_pool_size, Range{1, 64}, "connections per process"},
           {"FSFT_WORKERS", &Config::workers, kAnyText,
            "whether this replica does background work"},
           {"FSFT_WORK_POLL_SECONDS", &Config::work_poll, Range{1, 3600},
            "how often queues are looked at when nothing wakes them"},
           {"FSFT_DATA_KEYS_FILE", &Config::data_keys_file, kAnyText,
            "key ring for personal data; lines purpose:key_id:64 hex digits"},
           {"FSFT_SERVE_UNVERIFIED", &Config::serve_unverified, kCity,
            "cities whose agencies may be written to though nobody has verified their addresses, "
            "comma-separated; all or none"},
           {"FSFT_REWRAP", &Config::rewrap, kAnyText,
            "whether what is under an older key of the ring is brought under the current one"},
           {"FSFT_ERASURE_LEDGER_DIR", &Config::erasure_ledger_dir, kAnyText,
            "where all replicas list erased intakes, on a volume that is not restored with the "
            "database"},
           {"FSFT_RETENTION", &Config::retention, kAnyText,
            "whether personal data is blanked when its time is over; dry-run only counts it"},
           // Not sooner than a checkout may still be open.
           {"FSFT_RETENTION_UNPAID_DAYS", &Config::retention_unpaid, Range{3, 36'500},
            "for how long an appeal is kept that nobody has paid for"},
           {"FSFT_RETENTION_APPEAL_DAYS", &Config::retention_appeal, Range{1, 36'500},
            "for how long the person behind an order is kept after the order is history"},
           // Disputes may come until then.
           {"FSFT_RETENTION_PAYMENT_DAYS", &Config::retention_payment, Range{540, 36'500},
            "for how long Stripe's ids are kept after the order is history; then the rows go too"},
           {"FSFT_LOG_LEVEL", &Config::log_level, kAnyText, "lines below it are not written"},
       }},
      {"The public side",
       {
           {"FSFT_PUBLIC_URL", &Config::public_url, kHttpUrl, "where browsers reach the gateway"},
           {"FSFT_ADMIN_TOKENS_FILE", &Config::admin_tokens_file, kAnyText,
            "operators; lines name:scope+scope:sha256-hex-of-token; without it operator routes "
            "answer 503"},
           {"FSFT_RATE_LIMITS", &Config::rate_limits, kAnyText,
            "requests of each client a minute, /api/path=30,/api/other=off,... to change the "
            "built-in limits; off for load tests"},
           {"FSFT_CLIENT_CONNECTIONS", &Config::client_connections, Range{1, 768},
            "connections that one client may have open; of trusted proxies, and with "
            "FSFT_RATE_LIMITS=off, not counted"},
           {"FSFT_TRUSTED_PROXIES", &Config::trusted_proxies, kNetwork,
            "networks whose X-Forwarded-For is believed, comma-separated"},
           {"FSFT_CORS_ORIGINS", &Config::cors_origins, kOrigin,
            "origins whose pages may call the API, comma-separated"},
       }},
      {"Money",
       {
           {"FSFT_STRIPE_API_BASE", &Config::stripe_api_base, kHttpUrl, "Stripe, without /v1"},
           {"FSFT_STRIPE_SECRET_KEY", &Config::stripe_secret_key, kKey,
            "sk_test_... or sk_live_..."},
           {"FSFT_STRIPE_WEBHOOK_SECRETS", &Config::stripe_webhook_secrets, kKey,
            "whsec_..., comma-separated while one replaces another"},
           {"FSFT_PRICE_STANDARD_CENTS", &Config::price_standard_cents, Range{50, 1'000'000},
            "price of a standard appeal, US cents"},
           {"FSFT_PRICE_CERTIFIED_CENTS", &Config::price_certified_cents, Range{50, 1'000'000},
            "price of a certified appeal, US cents"},
           {"FSFT_RECONCILE_AGE_SECONDS", &Config::reconcile_age, Range{0, 86'400},
            "age at which a pending payment is asked about at Stripe"},
       }},
      {"Mail",
       {
           {"FSFT_LOB_API_BASE", &Config::lob_api_base, kHttpUrl, "Lob, with /v1"},
           {"FSFT_LOB_API_KEY", &Config::lob_api_key, kKey,
            "test_... prints nothing, live_... does"},
           {"FSFT_LOB_WEBHOOK_SECRETS", &Config::lob_webhook_secrets, kKey,
            "comma-separated while one replaces another"},
           // Lob counts 150 in five seconds from all replicas together.
           {"FSFT_LOB_REQUESTS_PER_SECOND", &Config::lob_requests_per_second, Range{1, 1000},
            "the most that this replica asks of one endpoint of Lob's; Lob takes 30 from all "
            "replicas together"},
           {"FSFT_MAIL_RETRY_MIN_SECONDS", &Config::mail_retry_min, Range{0, 86'400},
            "shortest pause between two POSTs of one letter"},
           {"FSFT_MAIL_LEASE_SECONDS", &Config::mail_lease, Range{1, 3600},
            "how long a worker owns a letter; must outlive its POST"},
           // Lob forgets a key after 24 hours: a repeat beyond that would be a second letter.
           {"FSFT_MAIL_UNSURE_HOURS", &Config::mail_unsure, Range{0, 23},
            "age at which a letter of unknown fate is no longer posted again"},
           // Each is paid for, beyond the first few of a month.
           {"FSFT_ADDRESS_CHECKS_PER_HOUR", &Config::address_checks_per_hour, Range{0, 100'000},
            "how many customers' addresses each replica may ask Lob about in an hour; 0 leaves it "
            "at rules of our own"},
           {"FSFT_SMTP_URL", &Config::smtp_url, kSmtpUrl,
            "server that takes our emails, smtp://user:password@host:587 or smtps://...; without "
            "it customers get none"},
           {"FSFT_EMAIL_FROM", &Config::email_from, kMailbox,
            "whom our emails are from, such as FightSFTickets <letters@example.com>; without it "
            "no-reply@ the host of FSFT_PUBLIC_URL"},
       }},
  };
  return *groups;
}

const Field* FindField(std::string_view name) {
  for (const Group& group : Groups()) {
    for (const Field& field : group.fields) {
      if (field.name == name) return &field;
    }
  }
  return nullptr;
}

}  // namespace fsft::config
