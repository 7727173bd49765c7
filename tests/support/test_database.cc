#include "tests/support/test_database.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>

namespace fsft::test {
namespace {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string Run(const std::string& url, const std::string& sql) {
  Connection connection(PQconnectdb(url.c_str()), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  Result result(PQexec(connection.get(), sql.c_str()), &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  const bool has_field = PQntuples(result.get()) > 0 && PQnfields(result.get()) > 0;
  return has_field ? PQgetvalue(result.get(), 0, 0) : "";
}

std::vector<std::string> ReadClusterUrls() {
  const char* file = std::getenv("FSFT_TEST_CLUSTER");
  if (file == nullptr) {
    throw std::runtime_error(
        "FSFT_TEST_CLUSTER is not set: run this test by ctest, which starts the tests' PostgreSQL "
        "cluster first");
  }
  std::ifstream in(file);
  std::vector<std::string> urls;
  for (std::string line; std::getline(in, line);) urls.push_back(line);
  if (urls.empty())
    throw std::runtime_error(std::string("no cluster is running: cannot read ") + file);
  return urls;
}

// Unique among the test programs that run at the same time, and within this one.
std::string NewDatabaseName() {
  static std::atomic<int> counter = 0;
  return "test_" + std::to_string(getpid()) + "_" + std::to_string(++counter);
}

}  // namespace

TestDatabase::TestDatabase() : cluster_urls_(ReadClusterUrls()), name_(NewDatabaseName()) {
  Run(cluster_urls_.front(),
      "CREATE DATABASE " + name_ + " TEMPLATE fightsftickets OWNER fsft_owner");
}

TestDatabase::~TestDatabase() {
  try {
    Run(cluster_urls_.front(), "DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception& error) {  // the cluster is thrown away at the end anyway
    std::cerr << "could not drop " << name_ << ": " << error.what();
  }
}

std::string TestDatabase::Url(std::string_view role) const {
  const std::string start = "postgresql://" + std::string(role) + ":";
  for (const std::string& url : cluster_urls_) {
    if (url.starts_with(start)) return url.substr(0, url.rfind('/') + 1) + name_;
  }
  throw std::runtime_error("no such role: " + std::string(role));
}

std::string TestDatabase::Query(std::string_view role, const std::string& sql) const {
  return Run(Url(role), sql);
}

}  // namespace fsft::test
