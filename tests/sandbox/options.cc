#include "tests/sandbox/options.h"

#include <charconv>
#include <fstream>
#include <functional>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace fsft::sandbox {
namespace {

struct Flag {
  const char* name;
  const char* help;
  std::function<absl::Status(Options&, const std::string&)> set;
};

absl::Status SetNumber(const std::string& text, int64_t most, int64_t& number) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = problem == std::errc() && end == text.data() + text.size();
  if (whole && number >= 0 && number <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no number up to ", most));
}

template <typename T>
absl::Status Number(const std::string& text, int64_t most, T& target) {
  int64_t number = 0;
  absl::Status status = SetNumber(text, most, number);
  if (status.ok()) target = T(number);
  return status;
}

absl::Status SecretFromFile(const std::string& path, std::string& secret) {
  std::ifstream file(path);
  if (!file) return absl::InvalidArgumentError("cannot read " + path);
  secret.assign(std::istreambuf_iterator<char>(file), {});
  // An editor's line feed at the end is no part of a secret.
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  return absl::OkStatus();
}

absl::Status Url(const std::string& text, std::string& url) {
  if (!text.starts_with("http://")) return absl::InvalidArgumentError("it begins with http://");
  url = text;
  return absl::OkStatus();
}

absl::Status Text(const std::string& text, std::string& target) {
  target = text;
  return absl::OkStatus();
}

absl::Status OnOff(const std::string& text, bool& target) {
  if (text != "on" && text != "off") return absl::InvalidArgumentError("it is on or off");
  target = text == "on";
  return absl::OkStatus();
}

absl::Status Types(const std::string& text, WebhookEndpoint& endpoint) {
  for (const auto& type : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    endpoint.events.insert(std::string(type));
  }
  return absl::OkStatus();
}

const std::vector<Flag>& Flags() {
  static const std::vector<Flag> kFlags = {
      {"port", "port on 127.0.0.1; 0 takes a free one (8090)",
       [](Options& o, const std::string& v) { return Number(v, 65535, o.port); }},
      {"smtp-port", "port on 127.0.0.1 that takes emails; without it none does",
       [](Options& o, const std::string& v) { return Number(v, 65535, o.smtp_port); }},
      {"port-file", "file that the port is written to once it is listened on",
       [](Options& o, const std::string& v) { return Text(v, o.port_file); }},
      {"public-url", "how browsers reach this program (http://127.0.0.1:PORT)",
       [](Options& o, const std::string& v) {
         return Text(std::string(absl::StripSuffix(v, "/")), o.public_url);
       }},
      {"stripe-webhook-url", "where Stripe's events are sent to; without it they are not sent",
       [](Options& o, const std::string& v) { return Url(v, o.stripe.url); }},
      {"stripe-webhook-secret", "what they are signed with (whsec_…)",
       [](Options& o, const std::string& v) { return Text(v, o.stripe.secret); }},
      {"stripe-webhook-secret-file", "file that holds it",
       [](Options& o, const std::string& v) { return SecretFromFile(v, o.stripe.secret); }},
      {"stripe-webhook-events", "comma-separated types to send (all)",
       [](Options& o, const std::string& v) { return Types(v, o.stripe); }},
      {"lob-webhook-url", "where Lob's events are sent to",
       [](Options& o, const std::string& v) { return Url(v, o.lob.url); }},
      {"lob-webhook-secret", "what they are signed with",
       [](Options& o, const std::string& v) { return Text(v, o.lob.secret); }},
      {"lob-webhook-secret-file", "file that holds it",
       [](Options& o, const std::string& v) { return SecretFromFile(v, o.lob.secret); }},
      {"lob-webhook-events", "comma-separated types to send (all)",
       [](Options& o, const std::string& v) { return Types(v, o.lob); }},
      {"webhook-retry-ms", "first pause before a failed webhook is sent again; doubles (1000)",
       [](Options& o, const std::string& v) { return Number(v, 3'600'000, o.retry_base); }},
      {"record", "on or off: keep the requests for tests to look at (on)",
       [](Options& o, const std::string& v) { return OnOff(v, o.record); }},
      {"keep-letters", "how many letters' files are kept (1000)",
       [](Options& o, const std::string& v) { return Number(v, 1'000'000, o.kept_letters); }},
      {"threads", "how many connections are served at a time (256)",
       [](Options& o, const std::string& v) { return Number(v, 4096, o.threads); }},
  };
  return kFlags;
}

absl::Status SetFlag(Options& options, const std::string& name, const std::string& value) {
  for (const Flag& flag : Flags()) {
    if (flag.name != name) continue;
    absl::Status status = flag.set(options, value);
    if (status.ok()) return status;
    return absl::InvalidArgumentError(absl::StrCat("--", name, ": ", status.message()));
  }
  return absl::InvalidArgumentError("unknown flag --" + name);
}

// Unsigned webhooks would be refused by every receiver, an hour later and without a reason.
absl::Status CheckSecrets(const Options& options) {
  const bool complete = (options.stripe.url.empty() || !options.stripe.secret.empty()) &&
                        (options.lob.url.empty() || !options.lob.secret.empty());
  if (complete) return absl::OkStatus();
  return absl::InvalidArgumentError("a webhook URL needs a secret to sign with");
}

}  // namespace

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--help") {
      options.help = true;
      continue;
    }
    if (!argument.starts_with("--")) return absl::InvalidArgumentError("what is " + argument + "?");
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(2, equals - 2);
    if (equals == std::string::npos && i + 1 == arguments.size()) {
      return absl::InvalidArgumentError("--" + name + " needs a value");
    }
    const std::string value =
        equals == std::string::npos ? arguments[++i] : argument.substr(equals + 1);
    if (absl::Status status = SetFlag(options, name, value); !status.ok()) return status;
  }
  if (absl::Status status = CheckSecrets(options); !status.ok()) return status;
  return options;
}

std::string Usage() {
  std::string usage =
      "Stands in for Stripe, Lob and a mail server on 127.0.0.1. Keeps everything in memory.\n\n";
  for (const Flag& flag : Flags())
    absl::StrAppend(&usage, "  --", flag.name, "  ", flag.help, "\n");
  return usage;
}

}  // namespace fsft::sandbox
