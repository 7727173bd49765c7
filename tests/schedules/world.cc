#include "tests/schedules/world.h"

namespace fsft::schedules {

void World::Restart() {
  suite.reset();
  printer.meanwhile = nullptr;
  suite = std::make_unique<Suite>(*this);
}

}  // namespace fsft::schedules
