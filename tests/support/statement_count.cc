#include "tests/support/statement_count.h"

#include <sstream>
#include <string>

#include "shared/metrics/metrics.h"

namespace fsft::test {

int StatementsRun(const metrics::Registry& registry) {
  std::istringstream lines(registry.Serialize());
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("db_query_duration_seconds_count{"))
      count += std::stoi(line.substr(line.rfind(' ')));
  }
  return count;
}

}  // namespace fsft::test
