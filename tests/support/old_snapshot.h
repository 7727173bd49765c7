// A session that somebody forgot.
#pragma once

#include <memory>
#include <string>

namespace fsft::test {

// Holds a snapshot of a database, as a dump or a forgotten psql does, from its making to its end:
// what is deleted meanwhile stays on the pages and in the indexes.
class OldSnapshot {
 public:
  // `url`: of a role without idle_in_transaction_session_timeout, the owner for example.
  explicit OldSnapshot(const std::string& url);
  ~OldSnapshot();
  OldSnapshot(const OldSnapshot&) = delete;
  OldSnapshot& operator=(const OldSnapshot&) = delete;

 private:
  struct Session;
  const std::unique_ptr<Session> session_;
};

}  // namespace fsft::test
