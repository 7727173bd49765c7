#include "tests/sandbox/api/api.h"

#include <httplib.h>

#include <exception>
#include <iostream>
#include <utility>

#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/time/clock.h"
#include "tests/sandbox/api/decode.h"

namespace fsft::sandbox {
namespace {

// Bodies and headers may hold any bytes; nlohmann's default would throw on invalid UTF-8.
std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string Digest(std::string_view bytes) { return crypto::HexEncode(crypto::Sha256(bytes)); }

std::string Fingerprint(const Call& call) {
  std::string text = call.operation + '\n' + call.path + '\n' + Dump(call.form);
  for (const Upload& file : call.files) text += '\n' + file.name + ' ' + Digest(file.data);
  return crypto::Sha256(text);
}

// A key is no secret here, but a test that prints a record should not teach anybody to print keys.
std::string Shortened(const std::string& name, const std::string& value) {
  return name == "authorization" ? value.substr(0, 15) + "…" : value;
}

Json Record(const Call& call) {
  Json headers = Json::object();
  for (const auto& [name, value] : call.headers) headers[name] = Shortened(name, value);
  Json files = Json::array();
  for (const Upload& file : call.files) {
    files.push_back({{"name", file.name},
                     {"filename", file.filename},
                     {"content_type", file.content_type},
                     {"size", file.data.size()},
                     {"sha256", Digest(file.data)}});
  }
  return {{"time", time::FormatRfc3339(time::SystemClock().Now())},
          {"operation", call.operation},
          {"method", call.method},
          {"path", call.path},
          {"headers", std::move(headers)},
          {"query", call.query},
          {"raw_body", call.raw_body},
          {"form", call.form},
          {"files", std::move(files)},
          {"status", nullptr},
          {"replayed", false}};
}

// Keys of two accounts have nothing to do with each other.
std::string Scoped(const Call& call, const std::string& key) {
  return std::string(call.Header("authorization")) + '\n' + key;
}

Json About(const Call& call) {
  return {{"form", call.form}, {"query", call.query}, {"id", call.id}};
}

WireAnswer OnTheWire(const Answer& answer) {
  return {answer.status, Dump(answer.body), answer.headers};
}

void Write(const WireAnswer& answer, httplib::Response& response) {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  response.set_content(answer.body, "application/json");
}

bool IsReplay(const WireAnswer& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (name == "Idempotent-Replayed") return true;
  }
  return false;
}

}  // namespace

void Api::Add(httplib::Server& server, const std::string& method, const std::string& path,
              const std::string& operation, Handler handler) {
  const auto serve = [this, operation, handler = std::move(handler)](
                         const httplib::Request& request, httplib::Response& response) {
    Serve(operation, handler, request, response);
  };
  if (method == "GET") server.Get(path, serve);
  if (method == "POST") server.Post(path, serve);
  if (method == "DELETE") server.Delete(path, serve);
}

void Api::AddNotFound(httplib::Server& server, const std::string& prefix) {
  const Handler not_found = [this](const Call& call) { return dialect_.NotFound(call); };
  for (const char* method : {"GET", "POST", "DELETE"}) {
    Add(server, method, prefix + "/.*", "unknown", not_found);
  }
}

void Api::Serve(const std::string& operation, const Handler& handler,
                const httplib::Request& request, httplib::Response& response) {
  absl::StatusOr<Call> call = DecodeCall(request);
  if (!call.ok()) {
    const std::string message(call.status().message());
    Write(OnTheWire(dialect_.Malformed(message)), response);
    return;
  }
  call->operation = operation;
  Write(RunRecorded(*call, handler), response);
}

WireAnswer Api::RunRecorded(const Call& call, const Handler& handler) {
  if (!records_.enabled()) return RunOnce(call, handler);
  // Recorded on arrival: a request whose answer is held is already to be seen.
  const uint64_t seq = records_.Add(Record(call));
  WireAnswer answer = RunOnce(call, handler);
  records_.Update(seq, {{"status", answer.status}, {"replayed", IsReplay(answer)}});
  return answer;
}

WireAnswer Api::RunOnce(const Call& call, const Handler& handler) {
  bool replayed = false;
  WireAnswer answer;
  try {
    answer = Obey(call, handler, replayed);
  } catch (const Refusal& refusal) {
    answer = OnTheWire(refusal.answer);
  }
  for (auto& header : dialect_.CommonHeaders(call, replayed)) {
    answer.headers.push_back(std::move(header));
  }
  return answer;
}

WireAnswer Api::Obey(const Call& call, const Handler& handler, bool& replayed) {
  dialect_.Authenticate(call);
  const std::string key(call.Header("idempotency-key"));
  const bool keyed = call.method == "POST" && !key.empty();
  bool keep = false;
  WireAnswer answer = keyed ? RunKeyed(call, handler, key, replayed) : Execute(call, handler, keep);
  const auto failure = Pass(call, Point::kAnswer);
  if (!failure) return answer;
  // The work is done and, if there is a key, remembered as done; only this answer is lost. Unless
  // the failure is stored: then no repeat will ever learn what was done.
  replayed = false;
  answer = OnTheWire(Injected(*failure));
  if (keyed && failure->stored && dialect_.Keeps(answer.status)) {
    keys_.Replace(Scoped(call, key), answer);
  }
  return answer;
}

WireAnswer Api::RunKeyed(const Call& call, const Handler& handler, const std::string& key,
                         bool& replayed) {
  if (key.size() > dialect_.longest_key()) {
    throw Refusal{dialect_.Malformed("The idempotency key is too long")};
  }
  const std::string scoped = Scoped(call, key);
  IdempotencyStore::Begun begun = keys_.Begin(scoped, Fingerprint(call));
  switch (begun.state) {
    case IdempotencyStore::State::kMismatch:
      throw Refusal{dialect_.KeyReused(key)};
    case IdempotencyStore::State::kInFlight:
      throw Refusal{dialect_.KeyInFlight(key)};
    case IdempotencyStore::State::kReplay:
      replayed = true;
      return std::move(begun.stored);
    case IdempotencyStore::State::kNew:
      break;
  }
  bool keep = false;
  WireAnswer answer = Execute(call, handler, keep);
  keys_.Finish(scoped, keep ? &answer : nullptr);
  return answer;
}

// Never throws: a key that is begun must be finished.
WireAnswer Api::Execute(const Call& call, const Handler& handler, bool& keep) {
  Answer answer;
  bool may_keep = true;
  try {
    if (const auto failure = Pass(call, Point::kArrival)) {
      answer = Injected(*failure);
      may_keep = failure->stored;
    } else {
      answer = handler(call);
    }
  } catch (const Refusal& refusal) {
    answer = refusal.answer;
  } catch (const std::exception& defect) {
    std::cerr << "sandbox: " << call.operation << ": " << defect.what() << std::endl;
    answer = dialect_.Failed(500);
    may_keep = false;
  }
  keep = may_keep && dialect_.Keeps(answer.status);
  return OnTheWire(answer);
}

std::optional<Failure> Api::Pass(const Call& call, Point point) {
  return knobs_.Pass(call.operation, point, [&call] { return About(call); });
}

Answer Api::Injected(const Failure& failure) const {
  Answer answer = dialect_.Failed(failure.status);
  answer.headers = failure.headers;
  return answer;
}

}  // namespace fsft::sandbox
