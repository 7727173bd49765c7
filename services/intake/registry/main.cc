// The operator's tool for the registry of cities. The services only read what it has loaded.

#include <iostream>
#include <span>

#include "services/intake/registry/file.h"
#include "services/intake/registry/loader.h"
#include "shared/config/config.h"
#include "shared/crypto/digest.h"
#include "shared/files/read.h"
#include "shared/logging/logging.h"
#include "shared/metrics/metrics.h"
#include "shared/time/clock.h"

namespace {

using namespace fsft;

constexpr int kSuccess = 0;
constexpr int kFailure = 1;
constexpr int kUsage = 2;
constexpr std::chrono::seconds kPatience{30};
// Between a replica's look at the registry and the commit of an order that it checked by it.
constexpr std::chrono::seconds kRequest{30};

constexpr char kHelp[] =
    R"(usage: registry check FILE              is the file in order? needs no database
       registry load FILE               makes the database say what the file says
       registry affected [--since TIME] unfinished orders that were frozen by what a load
                                        (since TIME, RFC 3339) has changed

FILE is JSON; schema/registry/cities.json is the reviewed one. A file with a mistake is refused
whole. FSFT_DATABASE_URL is the database, as fsft_owner. `affected` takes FSFT_WORK_POLL_SECONDS
for what the services are set to: until then they may go by the load before.
)";

int Fail(const absl::Status& status) {
  std::cerr << "registry: " << status.message() << "\n";
  return kFailure;
}

// The file's cities, or nothing after saying what is wrong with it.
std::optional<std::vector<intake::CityEntry>> Read(const std::string& text) {
  intake::Problems problems;
  std::vector<intake::CityEntry> cities = intake::ReadRegistryFile(text, problems);
  if (problems.empty()) return cities;
  for (const intake::Problem& problem : problems) {
    std::cerr << problem.row << ": " << problem.reason << "\n";
  }
  std::cerr << "registry: the file is refused; nothing was changed\n";
  return std::nullopt;
}

int Check(const std::string& text) {
  const auto cities = Read(text);
  if (!cities) return kFailure;
  std::cout << "in order: " << cities->size() << " cities\n";
  return kSuccess;
}

void Print(const intake::Change& change) {
  std::cout << change.city_id << (change.section_id.empty() ? "" : "/") << change.section_id << ": "
            << change.field;
  if (change.old_value) std::cout << ": " << *change.old_value << " -> " << change.new_value;
  std::cout << "\n";
}

int Load(const std::string& text, db::Database& database) {
  const auto cities = Read(text);
  if (!cities) return kFailure;
  auto changes = intake::RegistryLoader(database).Load(
      *cities, crypto::Sha256(text), std::chrono::steady_clock::now() + kPatience);
  if (!changes.ok()) return Fail(changes.status());
  for (const intake::Change& change : *changes) Print(change);
  if (changes->empty()) std::cout << "nothing has changed\n";
  return kSuccess;
}

int Affected(const std::string& since, const config::Config& config, db::Database& database) {
  if (!since.empty() && !time::ParseRfc3339(since).ok()) {
    std::cerr << "registry: --since must be a time like 2026-11-02T17:40:01Z\n";
    return kUsage;
  }
  auto orders = intake::RegistryLoader(database).Affected(
      since, config.work_poll + kRequest, std::chrono::steady_clock::now() + kPatience);
  if (!orders.ok()) return Fail(orders.status());
  for (const intake::AffectedOrder& order : *orders) {
    std::cout << "intake " << order.intake_id << " payment "
              << (order.payment_id.empty() ? "-" : order.payment_id) << " " << order.state << " "
              << order.city_id << "/" << order.section_id << " loaded " << order.loaded_at << " "
              << order.fields << "\n";
  }
  std::cout << orders->size() << " orders are affected\n";
  return kSuccess;
}

int WithDatabase(const std::function<int(const config::Config&, db::Database&)>& body) {
  auto config = config::Load(config::ProcessEnvironment());
  if (!config.ok()) return Fail(config.status());
  if (auto set = config::Require(*config, {"FSFT_DATABASE_URL"}); !set.ok()) return Fail(set);
  logging::Init("registry", config->log_level);
  metrics::Registry metrics;
  auto database = db::Database::Create(
      {.url = config->database_url.Reveal(), .pool_size = 1, .application_name = "registry"},
      metrics);
  if (!database.ok()) return Fail(database.status());
  return body(*config, **database);
}

int Run(std::span<char* const> arguments) {
  const std::vector<std::string> words(arguments.begin() + 1, arguments.end());
  const std::string command = words.empty() ? "" : words.front();
  if (command == "--help") {
    std::cout << kHelp;
    return kSuccess;
  }
  if (command == "affected" &&
      (words.size() == 1 || (words.size() == 3 && words[1] == "--since"))) {
    const std::string since = words.size() == 3 ? words[2] : "";
    return WithDatabase([&](const config::Config& config, db::Database& database) {
      return Affected(since, config, database);
    });
  }
  if (words.size() != 2 || (command != "check" && command != "load")) {
    std::cerr << kHelp;
    return kUsage;
  }
  absl::StatusOr<std::string> text = files::Read(words[1]);
  if (!text.ok()) return Fail(text.status());
  if (command == "check") return Check(*text);
  return WithDatabase(
      [&](const config::Config&, db::Database& database) { return Load(*text, database); });
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run({argv, static_cast<size_t>(argc)});
  } catch (const std::exception& error) {
    std::cerr << "registry: " << error.what() << "\n";
    return kFailure;
  }
}
