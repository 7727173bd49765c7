#include "shared/db/database.h"

#include <libpq-fe.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "shared/db/metrics.h"
#include "shared/db/ping_sql.h"
#include "shared/db/session.h"

namespace fsft::db {

namespace {

// libpq reads key='value' pairs; a quote or backslash in a value is escaped.
void AppendOption(std::string& conninfo, const char* keyword, const std::string& value) {
  absl::StrAppend(&conninfo, keyword, "='",
                  absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"'", "\\'"}}), "' ");
}

// The URL's own options win over these.
absl::StatusOr<std::string> ConnInfo(const DatabaseOptions& options) {
  char* error = nullptr;
  PQconninfoOption* parsed = PQconninfoParse(options.url.c_str(), &error);
  absl::Cleanup free_both = [&] {
    PQconninfoFree(parsed);
    PQfreemem(error);
  };
  if (parsed == nullptr) return absl::InvalidArgumentError("the database URL cannot be read");
  std::string conninfo;
  AppendOption(conninfo, "application_name", options.application_name);
  AppendOption(conninfo, "connect_timeout", "2");
  // Milliseconds without an acknowledgement before the kernel gives the connection up.
  AppendOption(conninfo, "tcp_user_timeout", "10000");
  for (const PQconninfoOption* option = parsed; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) AppendOption(conninfo, option->keyword, option->val);
  }
  return conninfo;
}

absl::StatusOr<std::optional<Row>> AtMostOne(const Statement& statement,
                                             absl::StatusOr<Rows> rows) {
  if (!rows.ok()) return std::move(rows).status();
  if (rows->size() > 1) throw std::logic_error(std::string(statement.name) + ": more than one row");
  if (rows->empty()) return std::nullopt;
  return std::move(rows->front());
}

}  // namespace

// Sessions that are free, the one used last on top: few connections stay warm under little load. A
// lease is first come, first served only among equals, which is enough for requests of
// milliseconds.
class Database::Pool {
 public:
  Pool(const std::string& conninfo, int size, metrics::Registry& registry) : metrics_(registry) {
    metrics_.size.Set(size);
    for (int i = 0; i < size; ++i) {
      sessions_.push_back(std::make_unique<Session>(conninfo, metrics_));
      free_.push_back(sessions_.back().get());
    }
  }

  // Null when the deadline passed.
  Session* Take(Deadline deadline) {
    const auto start = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    if (!returned_.wait_until(lock, deadline, [this] { return !free_.empty(); })) {
      metrics_.timeouts.Add();
      return nullptr;
    }
    Session* session = free_.back();
    free_.pop_back();
    lock.unlock();
    metrics_.in_use.Add(1);
    metrics_.wait.Observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    return session;
  }

  void GiveBack(Session* session) {
    metrics_.in_use.Add(-1);
    {
      std::lock_guard lock(mutex_);
      free_.push_back(session);
    }
    returned_.notify_one();
  }

 private:
  Metrics metrics_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<Session*> free_;
};

// A connected session for the time of one call.
class Database::Lease {
 public:
  static absl::StatusOr<Lease> Take(Pool& pool, Deadline deadline) {
    Session* session = pool.Take(deadline);
    if (session == nullptr)
      return absl::UnavailableError("no database connection was free in time");
    Lease lease(pool, session);
    if (absl::Status status = session->EnsureConnected(); !status.ok()) return status;
    return lease;
  }

  Lease(Lease&& other) noexcept
      : pool_(other.pool_), session_(std::exchange(other.session_, nullptr)) {}
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    if (session_ != nullptr) pool_->GiveBack(session_);
  }

  Session* operator->() const { return session_; }
  Session& operator*() const { return *session_; }

 private:
  Lease(Pool& pool, Session* session) : pool_(&pool), session_(session) {}
  Pool* pool_;
  Session* session_;
};

absl::StatusOr<Rows> Transaction::Run(const Statement& statement, Params params) {
  return session_.Run(statement, params);
}

absl::StatusOr<std::optional<Row>> Transaction::RunOne(const Statement& statement, Params params) {
  return AtMostOne(statement, Run(statement, params));
}

Database::Database(std::unique_ptr<Pool> pool) : pool_(std::move(pool)) {}
Database::~Database() = default;

absl::StatusOr<std::unique_ptr<Database>> Database::Create(const DatabaseOptions& options,
                                                           metrics::Registry& registry) {
  absl::StatusOr<std::string> conninfo = ConnInfo(options);
  if (!conninfo.ok()) return conninfo.status();
  return std::unique_ptr<Database>(
      new Database(std::make_unique<Pool>(*conninfo, options.pool_size, registry)));
}

absl::StatusOr<Rows> Database::Run(const Statement& statement, Params params, Deadline deadline) {
  absl::StatusOr<Lease> lease = Lease::Take(*pool_, deadline);
  if (!lease.ok()) return lease.status();
  return (*lease)->Run(statement, params);
}

absl::StatusOr<std::optional<Row>> Database::RunOne(const Statement& statement, Params params,
                                                    Deadline deadline) {
  return AtMostOne(statement, Run(statement, params, deadline));
}

absl::Status Database::RunTransaction(Deadline deadline,
                                      const std::function<absl::Status(Transaction&)>& body) {
  absl::StatusOr<Lease> lease = Lease::Take(*pool_, deadline);
  if (!lease.ok()) return lease.status();
  Session& session = **lease;
  if (absl::Status status = session.Begin(); !status.ok()) return status;
  absl::Cleanup roll_back = [&] { session.Rollback(); };
  Transaction transaction(session);
  if (absl::Status status = body(transaction); !status.ok()) return status;
  std::move(roll_back).Cancel();
  return session.Commit();
}

absl::Status Database::Ping(Deadline deadline) { return Run(sql::kPing, {}, deadline).status(); }

}  // namespace fsft::db
