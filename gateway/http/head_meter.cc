#include "gateway/http/head_meter.h"

namespace fsft::gateway::http {

bool HeadMeter::Take(char c) {
  ++bytes_;
  ++in_line_;
  // The line in which a head has too many headers is refused with its first letter; an empty one
  // ends the head.
  const bool one_more = lines_ > kMostHeaders && c != '\r' && c != '\n';
  if (in_line_ > kLongestLine || bytes_ > kMostHeadBytes || one_more) {
    refusal_ = lines_ == 0 ? 414 : 431;
    return false;
  }
  if (c == '\n') {
    ++lines_;
    in_line_ = 0;
  }
  return true;
}

}  // namespace fsft::gateway::http
