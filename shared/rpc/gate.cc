#include "shared/rpc/gate.h"

#include "shared/metrics/metrics.h"

namespace fsft::rpc {

std::string_view Name(WorkClass work) {
  switch (work) {
    case WorkClass::kDatabase:
      return "database";
    case WorkClass::kStripe:
      return "stripe";
    case WorkClass::kRender:
      return "render";
    case WorkClass::kLight:
      return "light";
  }
  return "unknown";
}

Gate::Pass Gate::TryEnter() {
  if (inside_.fetch_add(1) >= limit_) {
    inside_.fetch_sub(1);
    return Pass(nullptr);
  }
  in_use_.Add(1);
  return Pass(this);
}

Gate::Pass::~Pass() {
  if (gate_ == nullptr) return;
  gate_->inside_.fetch_sub(1);
  gate_->in_use_.Add(-1);
}

}  // namespace fsft::rpc
