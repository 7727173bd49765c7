#pragma once

#include "shared/db/statement.h"

namespace fsft::db::sql {

// Whether the database answers.
inline constexpr Statement kPing = {"ping", "SELECT 1"};

}  // namespace fsft::db::sql
