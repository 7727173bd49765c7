#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/config/secret.h"
#include "shared/logging/level.h"

namespace fsft::config {

// What becomes of personal data whose time is over: nothing, a count of it, or its end.
enum class Retention { kOff, kDryRun, kOn };

// Everything that can be set, for all programs alike: one list to read, to document and to check. A
// member is called as its variable (FSFT_DB_POOL_SIZE: db_pool_size); the initializers here are the
// defaults that --help shows. What a value means is said once, in fields.cc.
struct Config {
  Secret database_url;
  int db_pool_size = 16;

  std::string grpc_address;
  std::string ops_address;
  std::string http_address;
  std::string intake_target;
  std::string payment_target;
  std::string fulfillment_target;
  std::string tls_dir;
  bool grpc_reflection = false;

  bool workers = true;
  std::chrono::seconds work_poll{5};
  logging::Level log_level = logging::Level::kInfo;

  std::string public_url = "http://127.0.0.1:8000";
  std::string admin_tokens_file;
  std::string data_keys_file;
  bool rewrap = true;
  std::string erasure_ledger_dir;
  Retention retention = Retention::kOn;
  std::chrono::days retention_unpaid{90};
  std::chrono::days retention_appeal{1095};
  std::chrono::days retention_payment{2555};
  std::vector<std::string> serve_unverified = {"us-ca-san_francisco"};
  std::string rate_limits;
  int client_connections = 100;
  std::vector<std::string> trusted_proxies;
  std::vector<std::string> cors_origins;

  std::string stripe_api_base = "https://api.stripe.com";  // without /v1
  Secret stripe_secret_key;
  std::vector<Secret> stripe_webhook_secrets;  // several while one is being replaced
  int64_t price_standard_cents = 989;
  int64_t price_certified_cents = 1989;
  std::chrono::seconds reconcile_age{300};

  std::string lob_api_base = "https://api.lob.com/v1";
  Secret lob_api_key;
  std::vector<Secret> lob_webhook_secrets;
  int lob_requests_per_second = 9;
  std::chrono::seconds mail_retry_min{120};
  std::chrono::seconds mail_lease{120};
  std::chrono::hours mail_unsure{12};
  int address_checks_per_hour = 0;
  Secret smtp_url;
  std::string email_from;  // never empty after Load

  // Variable -> the file that its secret was read from, for those that may change while we run.
  std::map<std::string, std::string, std::less<>> secret_files;

  // Whether money and paper are real, by the prefix of the key. False without a key.
  bool StripeLivemode() const;
  bool LobLivemode() const;
};

// Lines "NAME=value", as the kernel passes them. Names that do not begin with FSFT_ are ignored.
using Environment = std::vector<std::string>;
Environment ProcessEnvironment();

// An empty value counts as not set, as compose files write it. A secret may be given as the path of
// a file instead (NAME_FILE; one trailing line end is dropped). kInvalidArgument lists every
// problem at once, one per line, each beginning with the variable's name and never showing a
// secret: an unknown FSFT_ name (a misspelt one would otherwise be a silent default), a malformed
// or out-of-range value, NAME together with NAME_FILE, an unreadable file, a live Stripe key with a
// test Lob key or the reverse.
absl::StatusOr<Config> Load(const Environment& environment);

// kInvalidArgument naming those of `names` that are not set. Each program states what it needs:
// Require(config, {"FSFT_DATABASE_URL", "FSFT_TLS_DIR"}).
absl::Status Require(const Config& config, std::initializer_list<std::string_view> names);

// What --help prints: every name with its meaning and default, by group.
std::string Help();

}  // namespace fsft::config
