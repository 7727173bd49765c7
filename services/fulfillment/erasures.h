#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/db/database.h"
#include "shared/rpc/channels.h"

namespace fsft::fulfillment {

// Some of intake's ledger of erasures.
struct Erasures {
  // Of the last one.
  int64_t sequence = 0;
  std::vector<std::string> intake_ids;
};

// Those after a sequence number; none when there are no more.
using ListErasures = std::function<absl::StatusOr<Erasures>(int64_t after, db::Deadline)>;
ListErasures ErasuresOf(std::shared_ptr<const rpc::Channels> intake);

// Forgets the stored letters of the people whom intake has forgotten.
class ErasureFollower {
 public:
  // `database` outlives it.
  ErasureFollower(db::Database& database, ListErasures list);

  // The step of a Worker: one batch of the ledger; answers how many erasures it followed. Several
  // replicas may do the same work, which does no harm.
  absl::StatusOr<int> FollowBatch();

 private:
  db::Database& database_;
  const ListErasures list_;
};

}  // namespace fsft::fulfillment
