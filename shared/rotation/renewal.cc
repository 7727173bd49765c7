#include "shared/rotation/renewal.h"

#include <algorithm>
#include <utility>

#include "shared/logging/logging.h"
#include "shared/metrics/metrics.h"

namespace fsft::rotation {

namespace {

constexpr std::chrono::seconds kPatience{10};
// Sorts before the id of any row.
constexpr std::string_view kBeforeAll = "00000000-0000-0000-0000-000000000000";

db::Deadline Soon() { return std::chrono::steady_clock::now() + kPatience; }

std::string WordOf(crypto::Purpose purpose) {
  return purpose == crypto::Purpose::kWrap ? "wrap" : "lookup";
}

}  // namespace

Rows WrappedRows(std::string_view name, const db::Statement& remaining, const db::Statement& find,
                 const db::Statement& store, Rewrap rewrap) {
  const auto renew = [&store, rewrap = std::move(rewrap)](
                         db::Transaction& transaction, const db::Rows& found,
                         const crypto::KeyRing& ring) -> absl::StatusOr<size_t> {
    std::vector<std::string> ids, keys;
    for (const db::Row& row : found) {
      absl::StatusOr<crypto::WrappedKey> key =
          rewrap(row.Text(0), {.key_id = row.Text(2), .bytes = row.Bytes(1)}, ring);
      if (!key.ok()) continue;
      ids.push_back(row.Text(0));
      keys.push_back(std::move(key->bytes));
    }
    const absl::Status stored =
        transaction
            .Run(store, {db::Param::Array("ids", ids),
                         db::Param::BytesArray("keys", keys),
                         {"key_id", ring.Current(crypto::Purpose::kWrap).id}})
            .status();
    if (!stored.ok()) return stored;
    return ids.size();
  };
  return {.name = name,
          .purpose = crypto::Purpose::kWrap,
          .remaining = &remaining,
          .find = &find,
          .renew = renew};
}

Renewal::Renewal(Rows rows, db::Database& database, crypto::KeySource& keys,
                 metrics::Registry& registry, bool enabled)
    : rows_(std::move(rows)),
      labels_{{"rows", std::string(rows_.name)}, {"purpose", WordOf(rows_.purpose)}},
      database_(database),
      keys_(keys),
      enabled_(enabled && rows_.find != nullptr),
      remaining_(registry.AddGauge("rewrap_remaining",
                                   "Rows under another key than the ring's current one", labels_)),
      renewed_(registry.AddCounter("rewrap_renewed_total",
                                   "Rows that were brought under the current key", labels_)),
      unreadable_(registry.AddCounter("rewrap_unreadable_total",
                                      "Times that a row could not be brought under the current key",
                                      labels_)) {}

absl::StatusOr<int> Renewal::RenewBatch() {
  const std::shared_ptr<const crypto::KeyRing> ring = keys_.Current();
  if (old_key_.empty()) {
    absl::StatusOr<int64_t> remaining = Count(*ring);
    if (!remaining.ok()) return remaining.status();
    if (*remaining == 0 || !enabled_) return 0;
  }
  const std::vector<crypto::Key>& all = ring->All(rows_.purpose);
  auto key = std::ranges::find(all, old_key_, &crypto::Key::id);
  // A new pass, or the ring has changed in the middle of one.
  if (key == all.end() || key == all.begin()) key = all.begin() + 1;
  for (; key != all.end(); ++key) {
    if (key->id != old_key_) StartAt(key->id);
    absl::StatusOr<int> found = RenewSome(*ring);
    if (!found.ok() || *found > 0) return found;
  }
  old_key_.clear();
  return 0;
}

absl::StatusOr<int64_t> Renewal::Count(const crypto::KeyRing& ring) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(*rows_.remaining, {{"current", ring.Current(rows_.purpose).id}}, Soon());
  if (!row.ok()) return row.status();
  remaining_.Set(static_cast<double>((*row)->Int64(0)));
  return (*row)->Int64(0);
}

void Renewal::StartAt(const std::string& old_key) {
  old_key_ = old_key;
  after_ = kBeforeAll;
}

absl::StatusOr<int> Renewal::RenewSome(const crypto::KeyRing& ring) {
  db::Rows found;
  size_t renewed = 0;
  const absl::Status status =
      database_.RunTransaction(Soon(), [&](db::Transaction& transaction) -> absl::Status {
        absl::StatusOr<db::Rows> locked = transaction.Run(
            *rows_.find, {{"old_key", old_key_}, {"after", after_}, {"batch", kBatch}});
        if (!locked.ok()) return locked.status();
        found = *std::move(locked);
        if (found.empty()) return absl::OkStatus();
        absl::StatusOr<size_t> count = rows_.renew(transaction, found, ring);
        if (count.ok()) renewed = *count;
        return count.status();
      });
  if (!status.ok()) return status;
  if (!found.empty()) Report(found, renewed);
  return static_cast<int>(found.size());
}

void Renewal::Report(const db::Rows& found, size_t renewed) {
  after_ = found.back().Text(0);
  renewed_.Add(static_cast<double>(renewed));
  remaining_.Add(-static_cast<double>(renewed));
  const size_t unreadable = found.size() - renewed;
  unreadable_.Add(static_cast<double>(unreadable));
  logging::Info("rows brought under the current key", {{"rows", rows_.name},
                                                       {"purpose", WordOf(rows_.purpose)},
                                                       {"old_key", old_key_},
                                                       {"renewed", renewed},
                                                       {"unreadable", unreadable},
                                                       {"remaining", remaining_.Value()}});
}

}  // namespace fsft::rotation
