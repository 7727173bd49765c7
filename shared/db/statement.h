#pragma once

#include <string_view>

namespace fsft::db {

// When a statement's commit must be on disk.
enum class Durability {
  // Before the call returns. The default, and the only choice before something outside this
  // PostgreSQL learns of it.
  kSync,
  // With the next synchronous commit (one WAL: a later flush covers every earlier commit). Allowed
  // only where a later
  // kSync of the same order comes before the outside effect, or where the effect can be recovered.
  // The statement itself
  // must call set_config('synchronous_commit', 'off', true), so that no round trip is spent on it;
  // Database checks it.
  kWithNext,
};

// A statement has a name (it stands in metrics and, as a comment, in the SQL that PostgreSQL sees)
// and names its parameters `:like_this`, each with its type: CAST(:id AS uuid). SOCI reads every
// colon outside quotes as a parameter, so there are no `::` casts, no array slices and no colons in
// comments. Statements are constants with static storage: each connection prepares one once and
// knows it by its address.
struct Statement {
  std::string_view name;
  std::string_view sql;
  Durability durability = Durability::kSync;
};

}  // namespace fsft::db
