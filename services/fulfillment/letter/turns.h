#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "shared/rpc/deadline.h"

namespace fsft::fulfillment {

// Who may use the fonts: one at a time, and letters that are to be mailed before previews. So a
// letter waits for one preview at most, however many are asked for. Thread-safe.
class Turns {
 public:
  struct End {
    void operator()(Turns* turns) const { turns->EndTurn(); }
  };
  // Ends with its scope.
  using Turn = std::unique_ptr<Turns, End>;

  Turn ForLetter();
  // Null when it has not come by `deadline`.
  Turn ForPreview(rpc::Deadline deadline);

  int letters_waiting() const;

 private:
  void EndTurn();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool taken_ = false;
  int letters_waiting_ = 0;
};

}  // namespace fsft::fulfillment
