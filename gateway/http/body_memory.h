// How much memory the bodies of all requests may take together.
#pragma once

#include <atomic>
#include <cstddef>

namespace fsft::gateway::http {

// Thread-safe.
class BodyMemory {
 public:
  explicit BodyMemory(size_t bytes) : bytes_(bytes) {}

  // What one request holds of it; gives everything back at its end.
  class Share {
   public:
    explicit Share(BodyMemory& memory) : memory_(memory) {}
    ~Share() { GiveBack(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // False when there is no room for a body of that size. What every order needs is always there:
    // large bodies must not keep small ones out.
    bool GrowTo(size_t size);
    // The same for the copies of it that work makes: the message of an RPC, and its bytes.
    bool GrowForWork(size_t size);
    void GiveBack();

   private:
    BodyMemory& memory_;
    size_t held_ = 0;
  };

 private:
  const size_t bytes_;
  std::atomic<size_t> used_{0};
};

}  // namespace fsft::gateway::http
