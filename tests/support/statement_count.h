#pragma once

namespace fsft::metrics {
class Registry;
}

namespace fsft::test {

// How many statements have been run by the databases that measure themselves in this registry.
int StatementsRun(const metrics::Registry& registry);

}  // namespace fsft::test
