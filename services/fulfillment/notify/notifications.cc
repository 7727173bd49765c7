#include "services/fulfillment/notify/notifications.h"

#include <utility>

#include "fightsftickets/intake/v1/submissions.grpc.pb.h"
#include "shared/config/config.h"
#include "shared/logging/logging.h"
#include "shared/rpc/client.h"

namespace fsft::fulfillment {
namespace {

using fightsftickets::intake::v1::GetContactRequest;
using fightsftickets::intake::v1::SubmissionsService;

// Emails under way at a time: one slow conversation must not hold up all others.
constexpr int kNotifiers = 2;
// A server that wants none of our emails is asked again after so many looks at the queue.
constexpr int kPollsOfSilence = 6;
// When this process ends: for a server that has all of an email to say that it took it. One that
// is not given it gets the email again, from another replica.
constexpr std::chrono::seconds kLastWord{10};

Notifier::Options OptionsOf(const config::Config& config) {
  return {.from = smtp::ParseMailbox(config.email_from).value_or(smtp::Mailbox{}),
          .public_url = config.public_url,
          .silence = kPollsOfSilence * config.work_poll};
}

}  // namespace

FindContact ContactsOf(std::shared_ptr<const rpc::Channels> intake) {
  auto client = std::make_shared<rpc::Client<SubmissionsService>>(std::move(intake));
  return [client](const std::string& intake_id,
                  db::Deadline deadline) -> absl::StatusOr<std::string> {
    GetContactRequest request;
    request.set_intake_id(intake_id);
    auto response = client->Call(&rpc::Methods<SubmissionsService>::GetContact, request, deadline);
    if (!response.ok()) return response.status();
    return std::move(*response->mutable_email());
  };
}

absl::StatusOr<std::unique_ptr<Notifications>> Notifications::Start(
    const config::Config& config, db::Database& database, metrics::Registry& registry,
    std::shared_ptr<const rpc::Channels> intake) {
  std::optional<smtp::Client> server;
  if (!config.smtp_url.empty()) {
    absl::StatusOr<smtp::Client> client = smtp::Client::Create({.url = config.smtp_url.Reveal()});
    if (!client.ok()) return client.status();
    server = *std::move(client);
  }
  return std::unique_ptr<Notifications>(
      new Notifications(config, std::move(server), database, registry, std::move(intake)));
}

Notifications::Notifications(const config::Config& config, std::optional<smtp::Client> server,
                             db::Database& database, metrics::Registry& registry,
                             std::shared_ptr<const rpc::Channels> intake)
    : server_(std::move(server)),
      store_(database),
      notifier_(
          store_, ContactsOf(std::move(intake)),
          [this](const smtp::Message& message) { return server_->Send(message); }, clock_, registry,
          OptionsOf(config)) {
  if (!config.workers) return;
  const auto start = [&](work::Worker::Step step) {
    workers_.Start({.name = "notifications", .poll = config.work_poll}, registry, std::move(step));
  };
  if (!server_) {
    logging::Warning("customers get no email: FSFT_SMTP_URL is not set");
    start([this] { return notifier_.SkipDue(); });
    return;
  }
  for (int i = 0; i < kNotifiers; ++i) {
    start([this] { return notifier_.NotifyOne(); });
  }
}

Notifications::~Notifications() { Stop(); }

void Notifications::StopClaiming() {
  workers_.StopClaiming();
  if (server_) server_->Stop(kLastWord);
}

void Notifications::Stop() {
  StopClaiming();
  workers_.Stop();
}

}  // namespace fsft::fulfillment
