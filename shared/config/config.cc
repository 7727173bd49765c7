#include "shared/config/config.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <map>
#include <optional>

#include "shared/config/fields.h"
#include "shared/files/read.h"
#include "shared/smtp/mailbox.h"

namespace fsft::config {
namespace {

constexpr std::string_view kPrefix = "FSFT_";
constexpr std::string_view kFileSuffix = "_FILE";

// Everything that is wrong, so that one start shows it all.
class Problems {
 public:
  void Add(std::string_view name, std::string_view what) {
    if (!text_.empty()) text_ += '\n';
    text_.append(name).append(": ").append(what);
  }

  absl::Status ToStatus() const {
    return text_.empty() ? absl::OkStatus() : absl::InvalidArgumentError(text_);
  }

 private:
  std::string text_;
};

using Variables = std::map<std::string_view, std::string_view>;

// The field whose secret may come from the file that this variable names.
const Field* FieldOfFile(std::string_view name) {
  if (!name.ends_with(kFileSuffix)) return nullptr;
  const Field* const field = FindField(name.substr(0, name.size() - kFileSuffix.size()));
  return field != nullptr && field->IsSecret() ? field : nullptr;
}

// Our variables that are set. The views point into `environment`.
Variables Select(const Environment& environment, Problems& problems) {
  Variables variables;
  for (const std::string_view line : environment) {
    const size_t equals = line.find('=');
    const std::string_view name = line.substr(0, equals);
    if (!name.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    if (FindField(name) == nullptr && FieldOfFile(name) == nullptr) {
      problems.Add(name, "is not a name that this suite knows; --help lists them");
      continue;
    }
    const std::string_view value = line.substr(equals + 1);
    if (value.empty()) continue;
    if (!variables.try_emplace(name, value).second) problems.Add(name, "is set twice");
  }
  return variables;
}

std::string_view Find(const Variables& variables, std::string_view name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string_view() : found->second;
}

// The secret in a file; nothing, and a problem, when it cannot be had.
std::optional<std::string> ReadSecret(const std::string& variable, std::string_view path,
                                      Problems& problems) {
  absl::StatusOr<std::string> text = files::Read(std::string(path));
  if (!text.ok()) {
    problems.Add(variable, std::string(text.status().message()));
    return std::nullopt;
  }
  // Editors and `echo` end the last line; no secret ends in one.
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  if (text->empty()) {
    problems.Add(variable, "the file is empty");
    return std::nullopt;
  }
  return *std::move(text);
}

void LoadField(const Field& field, const Variables& variables, Config& config, Problems& problems) {
  std::string value(Find(variables, field.name));
  const std::string file_variable = std::string(field.name) + std::string(kFileSuffix);
  const std::string_view path =
      field.IsSecret() ? Find(variables, file_variable) : std::string_view();
  if (!value.empty() && !path.empty()) {
    problems.Add(field.name, "is set, and " + file_variable + " too");
    return;
  }
  if (!path.empty()) {
    std::optional<std::string> secret = ReadSecret(file_variable, path, problems);
    if (!secret) return;
    value = *std::move(secret);
    config.secret_files.emplace(field.name, path);
  }
  if (value.empty() || field.Assign(value, config)) return;
  problems.Add(field.name,
               "must be " + field.Wanted() + (field.IsSecret() ? "" : ", not \"" + value + "\""));
}

// Callers append "/path"; a doubled slash would be another URL to Stripe and to a browser.
void DropTrailingSlashes(Config& config) {
  for (std::string* const url :
       {&config.public_url, &config.stripe_api_base, &config.lob_api_base}) {
    while (url->ends_with('/')) url->pop_back();
  }
}

// Where FSFT_SMTP_URL is all that is set. An IP address is no domain of mail, but there is always a
// "localhost".
std::string DefaultSender(const std::string& public_url) {
  std::string_view host = public_url;
  host.remove_prefix(host.find("://") + std::string_view("://").size());
  host = host.substr(0, host.find('/'));
  std::string domain(host.substr(0, host.find(':')));  // "[" of an IPv6 address
  in_addr address;
  if (inet_pton(AF_INET, domain.c_str(), &address) == 1 || !smtp::IsAddress("no-reply@" + domain)) {
    domain = "localhost";
  }
  return "FightSFTickets <no-reply@" + domain + ">";
}

void CheckTogether(const Config& config, Problems& problems) {
  const bool both = !config.stripe_secret_key.empty() && !config.lob_api_key.empty();
  // Real money for letters that are not printed, or printed letters for money that is not real.
  if (both && config.StripeLivemode() != config.LobLivemode()) {
    problems.Add("FSFT_LOB_API_KEY",
                 "is a live key and FSFT_STRIPE_SECRET_KEY is a test key, or the reverse");
  }
  // An appeal that can be read needs its payment: rows go in the order in which they are blanked.
  if (config.retention_payment < config.retention_appeal) {
    problems.Add("FSFT_RETENTION_PAYMENT_DAYS", "must not be less than FSFT_RETENTION_APPEAL_DAYS");
  }
}

bool StartsWith(const Secret& secret, std::string_view prefix) {
  return secret.Reveal().starts_with(prefix);
}

}  // namespace

bool Config::StripeLivemode() const {
  return StartsWith(stripe_secret_key, "sk_live_") || StartsWith(stripe_secret_key, "rk_live_");
}

bool Config::LobLivemode() const { return StartsWith(lob_api_key, "live_"); }

Environment ProcessEnvironment() {
  Environment environment;
  for (char** line = environ; line != nullptr && *line != nullptr; ++line) {
    environment.emplace_back(*line);
  }
  return environment;
}

absl::StatusOr<Config> Load(const Environment& environment) {
  Config config;
  Problems problems;
  const Variables variables = Select(environment, problems);
  for (const Group& group : Groups()) {
    for (const Field& field : group.fields) LoadField(field, variables, config, problems);
  }
  DropTrailingSlashes(config);
  if (config.email_from.empty()) config.email_from = DefaultSender(config.public_url);
  CheckTogether(config, problems);
  absl::Status status = problems.ToStatus();
  if (!status.ok()) return status;
  return config;
}

absl::Status Require(const Config& config, std::initializer_list<std::string_view> names) {
  Problems problems;
  for (const std::string_view name : names) {
    const Field* const field = FindField(name);
    if (field == nullptr) {
      problems.Add(name, "is required by this program and unknown to the suite");
    } else if (!field->IsSet(config)) {
      problems.Add(name, "is required and not set");
    }
  }
  return problems.ToStatus();
}

std::string Help() {
  constexpr size_t kNameWidth = 30;
  const Config defaults;
  std::string text =
      "Environment (an empty value counts as not set; a secret NAME may also be given as\n"
      "NAME_FILE, the path of a file that holds it):\n";
  for (const Group& group : Groups()) {
    text.append("\n").append(group.title).append("\n");
    for (const Field& field : group.fields) {
      std::string name(field.name);
      name.resize(kNameWidth, ' ');
      text.append("  ").append(name).append(field.help);
      const std::string shown = field.Show(defaults);
      if (!shown.empty()) text.append(" [").append(shown).append("]");
      if (field.IsSecret()) text.append(" (secret)");
      text.append("\n");
    }
  }
  return text;
}

}  // namespace fsft::config
