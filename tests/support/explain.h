// What a statement costs, counted in pages: figures that do not depend on how busy the machine is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/test_database.h"

namespace fsft::test {

// The buffers that one execution of `sql` touches, by EXPLAIN (ANALYZE, BUFFERS) with a plan for
// all parameters, as a long-lived connection has it. `parameters` are names without the colon, and
// literals. The statement is executed and committed.
int64_t BuffersOf(const TestDatabase& database, std::string_view role, std::string sql,
                  const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace fsft::test
