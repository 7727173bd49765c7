#pragma once

#include "shared/db/statement.h"

namespace fsft::db::sql {

inline constexpr Statement kServerGauges = {"payment.server_gauges",
                                            "SELECT name, value FROM payment.server_numbers()"};

}  // namespace fsft::db::sql
