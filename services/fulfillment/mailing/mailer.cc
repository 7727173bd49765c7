#include "services/fulfillment/mailing/mailer.h"

#include <algorithm>
#include <utility>

#include "services/fulfillment/mailing/settling.h"
#include "shared/logging/logging.h"
#include "shared/metrics/metrics.h"

namespace fsft::fulfillment {
namespace {

constexpr std::chrono::seconds kIntakePatience{10};
// Of all five.
constexpr std::chrono::seconds kExhibitsPatience{30};

std::string Reason(const absl::Status& status) { return std::string(status.message()); }

PrintJob JobFor(const ClaimedLetter& letter, const Submission& submission, std::string_view pdf) {
  return {.payment_id = letter.payment_id,
          .generation = letter.generation,
          .to = AgencyOf(submission),
          .from = SenderOf(submission),
          .certified = letter.appeal_type == "certified",
          .pdf = pdf};
}

metrics::Counter& CountOfPosts(metrics::Registry& registry, const char* attempt) {
  return registry.AddCounter("letter_posts_total",
                             "Letters that were sent to the printer, each time",
                             {{"attempt", attempt}});
}

}  // namespace

Mailer::Mailer(MailingStore& store, Submissions& submissions, Typesetter& typesetter,
               Printer& printer, crypto::KeySource& keys, metrics::Registry& registry,
               Options options)
    : store_(store),
      submissions_(submissions),
      typesetter_(typesetter),
      printer_(printer),
      keys_(keys),
      registry_(registry),
      first_posts_(CountOfPosts(registry, "first")),
      posts_again_(CountOfPosts(registry, "again")),
      options_(std::move(options)) {}

absl::StatusOr<int> Mailer::MailOne() {
  absl::StatusOr<std::optional<ClaimedLetter>> letter =
      store_.Claim(options_.lease, options_.policy, rpc::In(kDatabasePatience));
  if (!letter.ok()) return letter.status();
  if (!letter->has_value()) return 0;
  if (absl::Status status = Work(**letter); !status.ok()) return status;
  return 1;
}

absl::Status Mailer::Work(const ClaimedLetter& letter) {
  const logging::ScopedContext scope(logging::ForOrder(letter.payment_id));
  // The printer may have forgotten the key: the same POST again could be a second letter.
  if (letter.unsure_too_long) return Settle(letter, GiveUp("unsure_too_long", letter));
  if (letter.search_first) {
    if (const std::optional<Decision> proof = SearchFirst(letter)) return Settle(letter, *proof);
  }
  if (Stopping()) return GiveBack(letter);
  const std::variant<Prepared, Decision> prepared = Prepare(letter);
  if (const auto* obstacle = std::get_if<Decision>(&prepared)) return Settle(letter, *obstacle);
  // Not only when it would be posted: an attempt that was begun is searched for before the next.
  if (Stopping()) return GiveBack(letter);
  return Post(letter, std::get<Prepared>(prepared));
}

bool Mailer::Stopping() const { return options_.stopping && options_.stopping(); }

absl::Status Mailer::GiveBack(const ClaimedLetter& letter) {
  const NotNow stopping{.cause = NotNow::Cause::kStopping};
  return Settle(letter, TryLater(stopping, letter, options_.policy));
}

std::optional<Decision> Mailer::SearchFirst(const ClaimedLetter& letter) {
  const SearchAnswer answer = printer_.FindLetters(letter.payment_id);
  if (const auto* obstacle = std::get_if<NotNow>(&answer))
    return TryLater(*obstacle, letter, options_.policy);
  const auto& listed = std::get<std::vector<PrintedLetter>>(answer);
  return Proof(FindingsFor(letter, /*known_id=*/"", listed), options_.policy);
}

std::variant<Mailer::Prepared, Decision> Mailer::Prepare(const ClaimedLetter& letter) {
  const auto later = [&](std::string reason) {
    return TryLater(std::move(reason), letter, options_.policy);
  };
  absl::StatusOr<std::string> bytes = submissions_.Fetch(letter.draft_id, rpc::In(kIntakePatience));
  if (!bytes.ok())
    return IsGone(bytes.status()) ? GiveUp("submission_gone", letter) : later("intake_unavailable");
  absl::StatusOr<Submission> submission = OpenSubmission(*bytes, letter.content_sha256);
  if (!submission.ok()) return GiveUp(Reason(submission.status()), letter);

  if (letter.pdf) {
    absl::StatusOr<std::string> pdf = OpenPdf(*keys_.Current(), letter.payment_id, *letter.pdf);
    // Without the key it is a matter of configuration; with it, the bytes are not what was stored.
    if (!pdf.ok())
      return absl::IsNotFound(pdf.status()) ? later("data_key_missing")
                                            : GiveUp("pdf_unreadable", letter);
    return Prepared{
        .submission = *std::move(submission), .pdf = *std::move(pdf), .typeset = std::nullopt};
  }
  auto exhibits = FetchExhibits(submissions_, *submission, rpc::In(kExhibitsPatience));
  if (!exhibits.ok()) {
    return IsGone(exhibits.status()) ? GiveUp(Reason(exhibits.status()), letter)
                                     : later("intake_unavailable");
  }
  absl::StatusOr<std::string> pdf =
      typesetter_.RenderLetter(LetterOf(*submission, *std::move(exhibits)));
  if (!pdf.ok()) {
    return absl::IsInvalidArgument(pdf.status()) ? GiveUp(Reason(pdf.status()), letter)
                                                 : later("typesetting_failed");
  }
  SealedPdf sealed = SealPdf(*keys_.Current(), letter.payment_id, *pdf);
  return Prepared{
      .submission = *std::move(submission), .pdf = *std::move(pdf), .typeset = std::move(sealed)};
}

absl::Status Mailer::Post(const ClaimedLetter& letter, const Prepared& prepared) {
  // Measured from before the statement: the lease that it gives cannot end sooner.
  const rpc::Deadline lease_end = rpc::In(options_.lease);
  absl::StatusOr<bool> begun = store_.BeginPost(
      letter, prepared.typeset ? &*prepared.typeset : nullptr,
      std::max(options_.lease, options_.policy.retry_min), rpc::In(kDatabasePatience));
  if (!begun.ok()) return begun.status();
  if (!*begun) {
    logging::Info("letter not wanted or lease lost before the post",
                  {{"payment_id", letter.payment_id}});
    return absl::OkStatus();
  }
  // The relay is not woken for "sending": the news of how it ended follows, or its poll comes first.
  ClaimedLetter sending = letter;
  sending.state = "sending";
  sending.attempt = letter.attempt + 1;
  // A process that slept in between must not post when another may: the letter is left to whoever
  // claims it next.
  if (rpc::Remaining(lease_end) < options_.print_timeout + options_.longest_turn) {
    return absl::DeadlineExceededError("the lease would not outlive the post");
  }
  CountPost(sending);
  const PrintAnswer answer = printer_.Print(JobFor(letter, prepared.submission, prepared.pdf));
  return Settle(sending, AfterAnswer(answer, sending, options_.policy));
}

void Mailer::CountPost(const ClaimedLetter& letter) {
  logging::Info("letter is posted", {{"payment_id", letter.payment_id},
                                     {"generation", letter.generation},
                                     {"attempt", letter.attempt}});
  (letter.attempt > 1 ? posts_again_ : first_posts_).Add();
}

absl::Status Mailer::Settle(const Lease& letter, const Decision& decision) {
  return SettleLetter(letter, decision, store_, registry_, options_.wake_relay);
}

}  // namespace fsft::fulfillment
