#include "services/payment/reconciler.h"

#include <algorithm>

#include "services/payment/stripe_outage.h"
#include "shared/logging/logging.h"

namespace fsft::payment {

namespace {

constexpr std::chrono::seconds kDatabasePatience{10};
constexpr std::chrono::seconds kLookPatience{12};
// With less time left no look is begun.
constexpr std::chrono::seconds kShortestLook{3};
// Looks in a row that may fail before the whole batch is given up: one payment whose answer cannot
// be read must not hold up the others.
constexpr int kTolerance = 3;
constexpr std::chrono::hours kLongestPause{1};

// Whoever comes back from Stripe's page is faster than Stripe's webhook at times.
constexpr std::chrono::seconds kReaderAge{10};
constexpr std::chrono::seconds kReaderApart{10};
constexpr std::chrono::seconds kReaderPatience{3};
// More of them at a time would hold up calls that need no Stripe.
constexpr int kReaders = 4;

std::map<std::string, metrics::Counter*, std::less<>> Counters(metrics::Registry& registry) {
  std::map<std::string, metrics::Counter*, std::less<>> counters;
  for (const char* outcome :
       {"open", "paid", "unpaid", "expired", "missing", "overtaken", "failed"}) {
    counters[outcome] = &registry.AddCounter(
        "payment_checks_total", "Looks at payments at Stripe, by outcome", {{"outcome", outcome}});
  }
  return counters;
}

}  // namespace

Reconciler::Reconciler(CheckStore& store, SessionCheck& check, work::Pace& pace,
                       metrics::Registry& registry, Options options)
    : store_(store),
      check_(check),
      options_(std::move(options)),
      pauses_{.first = std::max(options.first_pause, std::chrono::seconds(1)),
              .cap = kLongestPause},
      pace_(pace),
      readers_(kReaders, registry.AddGauge("payment_readers_waiting",
                                           "Customers who wait for a look at Stripe")),
      overdue_(registry.AddGauge("payment_checks_overdue",
                                 "Pending payments whose look at Stripe is a minute late")),
      cursor_age_(
          registry.AddGauge("stripe_event_cursor_age_seconds",
                            "How far back Stripe's list of events is read; an hour as a rule")),
      counters_(Counters(registry)) {}

absl::StatusOr<int> Reconciler::CheckBatch() {
  if (options_.stopping.stop_requested() || pace_.Silent()) return 0;
  absl::StatusOr<std::vector<ClaimedCheck>> checks = store_.ClaimDue(rpc::In(kDatabasePatience));
  if (!checks.ok()) return checks.status();
  CheckReport report;
  const absl::Status status = CheckEach(*checks, report, rpc::In(store_.lease() * 3 / 4));
  if (!status.ok()) BeSilent(status);
  return static_cast<int>(checks->size());
}

void Reconciler::BeSilent(const absl::Status& status) {
  const auto silence =
      std::chrono::ceil<std::chrono::seconds>(options_.silence.After(failures_ += 1));
  pace_.BeSilentFor(silence);
  logging::Warning("stripe cannot be asked about payments",
                   {{"status", status.ToString()}, {"silent_seconds", silence.count()}});
}

absl::StatusOr<CheckReport> Reconciler::CheckAll(std::chrono::seconds min_age,
                                                 rpc::Deadline deadline) {
  CheckStore::Round round{.min_age = min_age};
  CheckReport report;
  while (!report.more) {
    absl::StatusOr<std::vector<ClaimedCheck>> checks = store_.ClaimAll(round, deadline);
    if (!checks.ok()) return checks.status();
    if (checks->empty()) break;
    const absl::Status status = CheckEach(*checks, report, deadline);
    if (!status.ok()) return ForOperator(status);
  }
  return report;
}

bool Reconciler::CheckForReader(std::string_view payment_id, rpc::Deadline deadline) {
  if (options_.stopping.stop_requested() || pace_.Silent()) return false;
  const rpc::Gate::Pass pass = readers_.TryEnter();
  if (!pass) return false;
  const absl::StatusOr<std::optional<ClaimedCheck>> check =
      store_.ClaimOne(payment_id, kReaderAge, kReaderApart, deadline);
  if (!check.ok() || !check->has_value()) return false;
  CheckReport report;
  const absl::Status status =
      CheckOne(**check, report, std::min(deadline, rpc::In(kReaderPatience)));
  if (!status.ok()) GiveBack({&**check, 1}, options_.first_pause);
  return status.ok();
}

absl::StatusOr<int> Reconciler::Measure() {
  const absl::StatusOr<Arrears> arrears = store_.Measure(rpc::In(kDatabasePatience));
  if (!arrears.ok()) return arrears.status();
  overdue_.Set(static_cast<double>(arrears->overdue));
  cursor_age_.Set(static_cast<double>(arrears->cursor_age_seconds));
  return 0;
}

absl::Status Reconciler::CheckEach(std::span<const ClaimedCheck> checks, CheckReport& report,
                                   rpc::Deadline deadline) {
  int failed = 0;
  for (; !checks.empty(); checks = checks.subspan(1)) {
    if (options_.stopping.stop_requested() || rpc::Remaining(deadline) < kShortestLook) {
      report.more = true;
      GiveBack(checks, std::chrono::seconds(0));
      break;
    }
    absl::Status status =
        CheckOne(checks.front(), report, std::min(deadline, rpc::In(kLookPatience)));
    if (status.ok()) {
      failed = 0;
      continue;
    }
    if (IsOutage(status) && (++failed == kTolerance || pace_.Silent())) {
      GiveBack(checks, options_.silence.first);
      return status;
    }
    GiveBack(checks.first(1), pauses_.After(checks.front().checks + 1));
  }
  if (failed == 0) failures_ = 0;
  return absl::OkStatus();
}

absl::Status Reconciler::CheckOne(const ClaimedCheck& check, CheckReport& report,
                                  rpc::Deadline deadline) {
  const logging::ScopedContext scope(logging::ForOrder(check.payment.payment_id));
  const std::optional<std::chrono::seconds> silence = pace_.AwaitTurn();
  if (silence) return LeftInPeace(*silence);
  const absl::StatusOr<CheckedSession> checked = check_.Check(check.payment, deadline);
  if (!checked.ok()) {
    Count("failed");
    logging::Warning("a payment could not be looked up", {{"payment_id", check.payment.payment_id},
                                                          {"status", checked.status().ToString()}});
    return checked.status();
  }
  Count(NameOf(checked->finding));
  ++report.checked;
  report.found += checked->is_new ? 1 : 0;
  return Settle(check, *checked, report, deadline);
}

// Stripe makes no session for a stale payment any more, so one that is missing stays so.
absl::Status Reconciler::Settle(const ClaimedCheck& check, const CheckedSession& checked,
                                CheckReport& report, rpc::Deadline deadline) {
  if (checked.moved) {
    ++(checked.finding == SessionFinding::kPaid ? report.paid : report.ended);
    return absl::OkStatus();
  }
  if (checked.finding == SessionFinding::kMissing && check.payment.stale) {
    const absl::StatusOr<bool> ended =
        check_.End(check.payment, {"failed", "no_session_at_stripe"}, deadline);
    if (ended.ok() && *ended) ++report.ended;
    return ended.status();
  }
  return store_.CheckLater(check, pauses_.After(check.checks + 1), /*asked=*/true, deadline)
      .status();
}

void Reconciler::GiveBack(std::span<const ClaimedCheck> checks, std::chrono::milliseconds pause) {
  const absl::Status given = store_.GiveBack(checks, pause, rpc::In(kDatabasePatience));
  if (!given.ok()) {
    logging::Warning("payments' leases end by themselves", {{"status", given.ToString()}});
  }
}

void Reconciler::Count(std::string_view outcome) { counters_.find(outcome)->second->Add(); }

}  // namespace fsft::payment
