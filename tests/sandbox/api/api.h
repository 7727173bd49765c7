#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "tests/sandbox/api/call.h"
#include "tests/sandbox/api/idempotency.h"
#include "tests/sandbox/api/knobs.h"
#include "tests/sandbox/api/records.h"

namespace httplib {
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace fsft::sandbox {

// What differs between the vendors in the part that all their operations share.
class Dialect {
 public:
  virtual ~Dialect() = default;

  // Throws Refusal unless the credentials are right.
  virtual void Authenticate(const Call& call) const = 0;
  virtual Answer Malformed(const std::string& message) const = 0;
  virtual Answer NotFound(const Call& call) const = 0;
  virtual Answer Failed(int status) const = 0;  // of a knob, or of a defect of this program
  virtual Answer KeyInFlight(const std::string& key) const = 0;
  virtual Answer KeyReused(const std::string& key) const = 0;
  virtual size_t longest_key() const = 0;
  // Is an answer of that status kept under the idempotency key?
  virtual bool Keeps(int status) const = 0;
  // Headers of every answer; `replayed`: it is one from the idempotency store.
  virtual Headers CommonHeaders(const Call& call, bool replayed) const = 0;
};

// Runs the operations of one vendor's API: decodes, authenticates, records, obeys idempotency keys
// and knobs, and leaves to the handlers only what is theirs.
class Api {
 public:
  using Handler = std::function<Answer(const Call&)>;

  Api(const Dialect& dialect, IdempotencyStore& keys, Knobs& knobs, Records& records)
      : dialect_(dialect), keys_(keys), knobs_(knobs), records_(records) {}

  // `path` may hold ":id", which becomes Call::id.
  void Add(httplib::Server& server, const std::string& method, const std::string& path,
           const std::string& operation, Handler handler);
  // To be added last: everything below `prefix` that no operation answers.
  void AddNotFound(httplib::Server& server, const std::string& prefix);

 private:
  void Serve(const std::string& operation, const Handler& handler, const httplib::Request& request,
             httplib::Response& response);
  WireAnswer RunRecorded(const Call& call, const Handler& handler);
  WireAnswer RunOnce(const Call& call, const Handler& handler);
  WireAnswer Obey(const Call& call, const Handler& handler, bool& replayed);
  WireAnswer RunKeyed(const Call& call, const Handler& handler, const std::string& key,
                      bool& replayed);
  WireAnswer Execute(const Call& call, const Handler& handler, bool& keep);
  std::optional<Failure> Pass(const Call& call, Point point);
  Answer Injected(const Failure& failure) const;

  const Dialect& dialect_;
  IdempotencyStore& keys_;
  Knobs& knobs_;
  Records& records_;
};

}  // namespace fsft::sandbox
