#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "shared/crypto/envelope.h"
#include "shared/crypto/key_source.h"
#include "shared/db/database.h"
#include "shared/metrics/metrics.h"

// The second half of a key's rotation: once a new key is current, what was wrapped or hashed under
// older keys is renewed while everything runs, until the old line can be taken out of the ring.
namespace fsft::rotation {

// The rows of one table that are under keys of one purpose.
struct Rows {
  // For logs and metrics, e.g. "intakes".
  std::string_view name;
  crypto::Purpose purpose;
  // Answers how many rows are under another key than `current`, erased ones left out.
  const db::Statement* remaining;
  // Locks and answers up to `batch` rows under the key `old_key` whose id is above `after`, in the
  // order of their ids; SKIP LOCKED, so that replicas share the work. The first column is the id.
  // Null for rows that are not renewed but expire.
  const db::Statement* find = nullptr;
  // Renews those rows under the ring's current key, within the transaction that locked them, and
  // answers how many it could: one that cannot be read stays as it is and is told of.
  std::function<absl::StatusOr<size_t>(db::Transaction&, const db::Rows&, const crypto::KeyRing&)>
      renew = {};
};

// Rows whose data key is wrapped, as most are. `find` answers id, wrapped key and the id of its
// wrapping key; `store` takes them back, as arrays :ids and :keys, and :key_id for all.
using Rewrap = std::function<absl::StatusOr<crypto::WrappedKey>(
    std::string_view id, const crypto::WrappedKey& key, const crypto::KeyRing& ring)>;
Rows WrappedRows(std::string_view name, const db::Statement& remaining, const db::Statement& find,
                 const db::Statement& store, Rewrap rewrap);

// Renews in batches, each a transaction of its own: whoever is killed has lost nothing, and goes on
// wherever rows are left. Used by one thread at a time.
class Renewal {
 public:
  // `database`, `keys` and `registry` outlive it. Not `enabled`: it only counts.
  Renewal(Rows rows, db::Database& database, crypto::KeySource& keys, metrics::Registry& registry,
          bool enabled);

  // The step of a Worker: renews one batch; answers how many rows it looked at. Between two passes
  // it counts what remains. With one key in the ring and nothing left this is one cheap
  // statement.
  absl::StatusOr<int> RenewBatch();

 private:
  static constexpr int kBatch = 100;

  absl::StatusOr<int64_t> Count(const crypto::KeyRing& ring);
  void StartAt(const std::string& old_key);
  absl::StatusOr<int> RenewSome(const crypto::KeyRing& ring);
  void Report(const db::Rows& found, size_t renewed);

  const Rows rows_;
  const metrics::Labels labels_;
  db::Database& database_;
  crypto::KeySource& keys_;
  const bool enabled_;
  metrics::Gauge& remaining_;
  metrics::Counter& renewed_;
  metrics::Counter& unreadable_;
  // Where this pass is: which old key, and the last id that was looked at.
  std::string old_key_;
  std::string after_;
};

}  // namespace fsft::rotation
