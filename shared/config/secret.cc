#include "shared/config/secret.h"

#include <ostream>

namespace fsft::config {

std::ostream& operator<<(std::ostream& out, const Secret& secret) {
  return out << (secret.empty() ? "(empty)" : "(secret)");
}

}  // namespace fsft::config
