#include "tests/support/explain.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace fsft::test {

int64_t BuffersOf(const TestDatabase& database, std::string_view role, std::string sql,
                  const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::vector<std::string> literals;
  for (const auto& [name, literal] : parameters) {
    literals.push_back(literal);
    absl::StrReplaceAll({{":" + name, "$" + std::to_string(literals.size())}}, &sql);
  }
  const std::string values = literals.empty() ? "" : "(" + absl::StrJoin(literals, ", ") + ")";
  const std::string plan = database.Query(
      role, "SET LOCAL plan_cache_mode = force_generic_plan; PREPARE measured AS " + sql +
                "; EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE measured" + values);
  const auto whole = nlohmann::json::parse(plan).at(0).at("Plan");
  return whole.at("Shared Hit Blocks").get<int64_t>() +
         whole.at("Shared Read Blocks").get<int64_t>();
}

}  // namespace fsft::test
