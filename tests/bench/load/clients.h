#pragma once

#include <netinet/in.h>
#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "tests/bench/load/answer.h"
#include "tests/bench/load/findings.h"
#include "tests/bench/load/requests.h"

namespace fsft::bench {

// Clients that each send a request when the last answer is there, on a connection that is kept: a
// closed loop. Who is told that there is too much to do (503) sends the same again. One thread drives them all, so that it takes as little as can be of the processors
// that it measures. Errors of the system end the program.
class Clients {
 public:
  struct Options {
    sockaddr_in server;
    size_t count = 1;
    std::chrono::steady_clock::duration time;
    // From the first one again after the last; otherwise each is sent once, and when none is left
    // before the time is over the measurement ends.
    bool again = false;
  };

  Clients(const Options& options, const Requests& requests, Findings& findings);
  ~Clients();
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  // Sends for as long as it shall, and waits for every answer. How many were sent.
  size_t Run();

 private:
  struct Client {
    int fd = -1;
    size_t unsent = 0;  // of `request`, from its end
    std::string_view request;
    std::chrono::steady_clock::time_point begun;
    Answer answer;
  };

  void Connect(Client& client);
  void Close(Client& client);
  // The next request; false when there is none, or time is over.
  bool Begin(Client& client);
  // The request that it has.
  void Send(Client& client);
  void Write(Client& client);
  void Read(Client& client);
  void OnEvent(Client& client, uint32_t events);
  void Fail(Client& client);
  void Finish(Client& client);

  const Options options_;
  const Requests& requests_;
  Findings& findings_;
  const int epoll_;
  std::vector<Client> clients_;
  std::chrono::steady_clock::time_point end_;
  size_t sent_ = 0;
  size_t busy_ = 0;
};

}  // namespace fsft::bench
