#include "tests/support/old_snapshot.h"

#include <libpq-fe.h>

#include <stdexcept>

namespace fsft::test {

struct OldSnapshot::Session {
  explicit Session(const std::string& url) : connection(PQconnectdb(url.c_str()), &PQfinish) {}
  void Run(const char* sql) const {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql),
                                                               &PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
      throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection;
};

OldSnapshot::OldSnapshot(const std::string& url) : session_(std::make_unique<Session>(url)) {
  session_->Run("BEGIN ISOLATION LEVEL REPEATABLE READ");
  session_->Run("SELECT 1");
}

OldSnapshot::~OldSnapshot() = default;

}  // namespace fsft::test
