#include "shared/db/session.h"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <sys/socket.h>

#include <chrono>
#include <deque>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "shared/db/errors.h"
#include "shared/db/metrics.h"
#include "shared/logging/logging.h"

namespace fsft::db {

namespace {

// A closed peer shows as a readable socket with nothing to read. PostgreSQL sends nothing unasked
// but notices and the reason of a shutdown, so anything readable on an idle connection means that
// it is over.
bool ClosedByPeer(PGconn* connection) {
  char byte;
  const ssize_t n = recv(PQsocket(connection), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

std::optional<std::string> Cell(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column)) return std::nullopt;
  return std::string(PQgetvalue(result, row, column), PQgetlength(result, row, column));
}

Rows RowsOf(const PGresult* result) {
  Rows rows;
  const int columns = PQnfields(result);
  rows.reserve(PQntuples(result));
  for (int row = 0; row < PQntuples(result); ++row) {
    std::vector<std::optional<std::string>> cells;
    cells.reserve(columns);
    for (int column = 0; column < columns; ++column) cells.push_back(Cell(result, row, column));
    rows.emplace_back(std::move(cells));
  }
  return rows;
}

// Says it loudly when a statement's durability and its text contradict each other.
void CheckDurability(const Statement& statement) {
  const bool lazy = statement.sql.find("set_config('synchronous_commit'") != std::string_view::npos;
  if (lazy != (statement.durability == Durability::kWithNext)) {
    throw std::logic_error(std::string(statement.name) +
                           ": declared durability is not the statement's");
  }
}

}  // namespace

struct Session::Connection {
  soci::session session;
  PGconn* libpq() {
    return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
  }
};

// A statement on one connection with the places that its parameters are read from. SOCI binds
// places, not values, so they must stay where they are: a deque does not move its elements.
struct Session::Prepared {
  Prepared(soci::session& session, const Statement& statement, Params params,
           metrics::Histogram& latency)
      : handle(session), latency(latency) {
    for (const Param& param : params) {
      names.emplace_back(param.name());
      handle.exchange(
          soci::use(values.emplace_back(), indicators.emplace_back(soci::i_ok), names.back()));
    }
    handle.alloc();
    handle.prepare(
        absl::StrCat("/* ", absl::string_view(statement.name.data(), statement.name.size()), " */ ",
                     absl::string_view(statement.sql.data(), statement.sql.size())));
    handle.define_and_bind();
  }

  void Assign(const Statement& statement, Params params) {
    size_t i = 0;
    for (const Param& param : params) {
      if (i == names.size() || names[i] != param.name()) break;
      values[i] = param.text();
      indicators[i] = param.null() ? soci::i_null : soci::i_ok;
      ++i;
    }
    // A call site with other names, or the same ones in another order, is a mistake in our code.
    if (i != names.size() || i != params.size()) {
      throw std::logic_error(std::string(statement.name) + ": parameters differ between calls");
    }
  }

  std::deque<std::string> names;
  std::deque<std::string> values;
  std::deque<soci::indicator> indicators;
  soci::statement handle;
  metrics::Histogram& latency;
};

Session::Session(std::string conninfo, Metrics& metrics)
    : conninfo_(std::move(conninfo)), metrics_(metrics) {}

Session::~Session() { Drop(); }

void Session::Drop() {
  prepared_.clear();
  connection_.reset();
}

absl::Status Session::EnsureConnected() {
  if (connection_ != nullptr && !ClosedByPeer(connection_->libpq())) return absl::OkStatus();
  Drop();
  try {
    auto connection = std::make_unique<Connection>();
    connection->session.open(soci::postgresql, conninfo_);
    connection_ = std::move(connection);
    metrics_.connects.Add();
    return absl::OkStatus();
  } catch (const std::exception&) {
    return FailureOf("connect");
  }
}

Session::Prepared& Session::PreparedFor(const Statement& statement, Params params) {
  auto& slot = prepared_[statement.sql.data()];
  if (slot == nullptr) {
    CheckDurability(statement);
    slot = std::make_unique<Prepared>(connection_->session, statement, params,
                                      metrics_.Latency(statement.name));
  }
  return *slot;
}

absl::StatusOr<Rows> Session::Run(const Statement& statement, Params params) {
  const auto start = std::chrono::steady_clock::now();
  try {
    Prepared& prepared = PreparedFor(statement, params);
    prepared.Assign(statement, params);
    prepared.handle.execute(true);
    auto* backend = static_cast<soci::postgresql_statement_backend*>(prepared.handle.get_backend());
    Rows rows = RowsOf(backend->result_);
    prepared.latency.Observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    return rows;
  } catch (const soci::soci_error&) {
    return FailureOf(statement.name);
  }
}

absl::Status Session::Control(const char* name, const char* command) {
  try {
    connection_->session.once << command;
    return absl::OkStatus();
  } catch (const soci::soci_error&) {
    return FailureOf(name);
  }
}

absl::Status Session::Begin() { return Control("begin", "BEGIN"); }

absl::Status Session::Commit() { return Control("commit", "COMMIT"); }

void Session::Rollback() {
  if (connection_ == nullptr) return;
  if (!Control("rollback", "ROLLBACK").ok()) Drop();
}

absl::Status Session::FailureOf(std::string_view statement) {
  std::string sqlstate;
  try {
    throw;
  } catch (const soci::postgresql_soci_error& error) {
    sqlstate = error.sqlstate();
    // libpq reports a broken connection with no state, or with blanks.
    if (sqlstate.find_first_not_of(' ') == std::string::npos) sqlstate.clear();
  } catch (const soci::soci_error& error) {
    // Of SOCI itself: could not connect, or a mistake in the statement. Its plain message has no
    // values in it.
    const bool connecting = connection_ == nullptr;
    if (!connecting) {
      prepared_.clear();
      return absl::InternalError(absl::StrCat(absl::string_view(statement.data(), statement.size()),
                                              ": ", error.get_error_message()));
    }
  }
  if (IsConnectionLoss(sqlstate)) Drop();
  metrics_.CountError(sqlstate);
  absl::Status status = FromSqlState(sqlstate, statement);
  if (const auto left_out = metrics_.repeats.Say(std::string(statement) + " " + sqlstate)) {
    logging::Warning("database error",
                     {{"statement", statement}, {"sqlstate", sqlstate}, {"left_out", *left_out}});
  }
  return status;
}

}  // namespace fsft::db
