#include "shared/work/claim_window.h"

namespace fsft::work {

namespace {

// Longer than any job waits.
constexpr std::chrono::hours kEver{24 * 365 * 10};

}  // namespace

double ClaimWindow::Look::BackSeconds() const {
  return std::chrono::duration<double>(begin - from + kMargin).count();
}

ClaimWindow::Look ClaimWindow::Begin(Time now) {
  const std::lock_guard lock(mutex_);
  const bool whole = !last_whole_ || now - *last_whole_ >= kWholeEvery;
  return {.begin = now, .from = whole ? now - kEver : empty_until_, .whole = whole};
}

void ClaimWindow::End(const Look& look, std::chrono::milliseconds late, Time now) {
  // The window is counted back from the database's now(), which may have been as late as ours is
  // by this time. A slow claim may thus have begun later than where the one before it ended.
  if (now - look.begin > kMargin / 2) return;
  const std::lock_guard lock(mutex_);
  // Another claim has found jobs before this one's window meanwhile.
  if (empty_until_ < look.from) return;
  empty_until_ = look.begin - late;
  if (look.whole) last_whole_ = look.begin;
}

}  // namespace fsft::work
