// The connections that are served: how many, how many of each client, and which of them must go
// when one more comes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_set>

#include "gateway/http/ip.h"

namespace fsft::gateway::http {

// A connection's place among the others. Its thread says whom it waits for.
class Seat {
 public:
  // `client` is nullopt for those that are not counted, such as our own proxies.
  Seat(int fd, std::optional<Ip> client) : fd_(fd), client_(client) {}
  Seat(const Seat&) = delete;

  // The thread now waits for its client: between two requests (`idle`), for the rest of one, or
  // until an answer is taken. False when the connection has been ended to make room.
  bool AwaitClient(bool idle = false);
  // The thread now works on a request, which must not be cut off. False as above.
  bool Work();
  bool ended() const { return state_ == State::kEnded; }

 private:
  friend class ConnectionTable;
  enum class State { kIdle, kAwaiting, kWorking, kEnded };

  bool Change(State state);
  // The reverse of both above, for the table: false when it works or is ended already.
  bool End();

  const int fd_;
  const std::optional<Ip> client_;
  std::atomic<State> state_{State::kAwaiting};
  std::atomic<std::chrono::steady_clock::time_point> since_{std::chrono::steady_clock::now()};
};

// Thread-safe.
class ConnectionTable {
 public:
  // `most_of_client` 0: as many as there may be.
  ConnectionTable(size_t most, size_t most_of_client)
      : most_(most), most_of_client_(most_of_client) {}

  enum class Verdict {
    kWelcome,
    // Welcome too, and the connection that has waited for its client for the longest was ended. Who
    // comes with a request is served within moments; who holds connections open loses the oldest.
    kMadeRoom,
    kTooManyOfClient,
    // All are at work.
    kFull,
  };
  // Leave() follows a welcome, before the descriptor is closed.
  Verdict Enter(Seat& seat);
  void Leave(Seat& seat);

  // Wakes those that wait for a next request: they read an end.
  void EndIdle();

 private:
  bool MakeRoom();

  const size_t most_;
  const size_t most_of_client_;
  std::mutex mutex_;
  std::unordered_set<Seat*> seats_;
  // Those of seats_ that were ended and whose threads have not left yet.
  size_t ended_ = 0;
  std::map<Ip, size_t> of_client_;
};

}  // namespace fsft::gateway::http
