// How much memory the bodies of all requests may take together.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>

#include "gateway/http/ip.h"

namespace fsft::gateway::http {

// Thread-safe.
class BodyMemory {
 public:
  explicit BodyMemory(size_t bytes) : bytes_(bytes) {}

  // What one request holds of it; gives everything back at its end.
  class Share {
   public:
    // All bodies of a `client` that are being read may take half of the memory: whoever sends all of
    // many bodies but their ends must not keep everybody else's out. nullopt is not counted.
    explicit Share(BodyMemory& memory, std::optional<Ip> client = std::nullopt)
        : memory_(memory), client_(client) {}
    ~Share() { GiveBack(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // False when there is no room for a body of that size. What every order needs is always there:
    // large bodies must not keep small ones out.
    bool GrowTo(size_t size);
    // It has been read, and is no longer the client's to hold. False when there is no room for the
    // copies of it that work makes: the message of an RPC, and its bytes.
    bool GrowForWork(size_t size);
    void GiveBack();

   private:
    BodyMemory& memory_;
    const std::optional<Ip> client_;
    size_t held_ = 0;
    size_t reading_ = 0;  // of it, counted for the client
  };

 private:
  // All with the mutex.
  bool Take(size_t bytes);
  bool TakeFor(const Ip& client, size_t bytes);
  void GiveBackOf(const Ip& client, size_t bytes);

  const size_t bytes_;
  std::mutex mutex_;
  size_t used_ = 0;
  std::map<Ip, size_t> reading_;
};

}  // namespace fsft::gateway::http
