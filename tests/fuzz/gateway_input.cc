#include "tests/fuzz/gateway_input.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "gateway/fake_backend.h"
#include "gateway/gateway.h"
#include "gateway/http/server.h"
#include "gateway/probe.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/logging/logging.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/status.h"
#include "tests/fuzz/filled.h"

namespace fsft::test {
namespace {

using namespace gateway;  // NOLINT(google-build-using-namespace): nearly all of it is needed

constexpr char kOperator[] = "operator";

template <class Request, class Response>
void Answer(FakeMethod<Request, Response>& method, int variant) {
  if (variant % 4 == 3) {
    method.answer = rpc::InvalidFields({rpc::Violation("user_zip", "malformed", "must be a ZIP")});
    return;
  }
  Response response;
  Fill(response, variant);
  method.answer = std::move(response);
}

void AnswerAll(FakeBackend& of, int variant) {
  const auto answer = [variant](auto&... methods) { (Answer(methods, variant), ...); };
  answer(of.list_cities, of.validate_citation, of.generate_draft, of.create_intake,
         of.update_intake, of.save_draft, of.add_exhibit, of.remove_exhibit, of.submit_appeal,
         of.compose_submission, of.get_intake, of.look_up, of.open_support_request, of.search,
         of.erase, of.revoke_token, of.list_support_requests, of.create_checkout, of.end_checkout,
         of.get_order, of.webhook, of.refund, of.resolve, of.reconcile, of.list_payments,
         of.payment_trail, of.payment_activity, of.payment_stats, of.funnel, of.check_address,
         of.get_letter, of.render_preview, of.lob_webhook, of.list_letters, of.letter_trail,
         of.letter_activity, of.letter_stats, of.retry, of.cancel_letter, of.new_generation,
         of.pause, of.resume);
}

// A file with one operator, who may do everything. It has no name of its own and ends with the
// process, however that ends.
std::string TokensFile() {
  std::string path = "/tmp/fuzz-operators-XXXXXX";
  const int fd = mkstemp(path.data());
  std::ofstream(path) << "fuzz:read+retry+refund+erase+resend:"
                      << crypto::HexEncode(crypto::Sha256(kOperator)) << "\n";
  unlink(path.c_str());
  return "/proc/self/fd/" + std::to_string(fd);
}

class Site {
 public:
  Site() {
    logging::Init("fuzz", logging::Level::kError);
    probe_.RunOnce();
    if (!server_.Start().ok()) abort();
  }

  int port() const { return server_.port(); }
  FakeBackend& backend() { return backend_; }

 private:
  FakeBackend backend_;
  Probe probe_{backend_};
  metrics::Registry metrics_;
  AdminTokens tokens_{TokensFile()};
  Gateway gateway_{Routes(),
                   Services{backend_, probe_},
                   tokens_,
                   metrics_,
                   {.cors_origins = {"https://site.test"}, .https = true}};
  http::Server server_{{.address = "127.0.0.1:0"}, gateway_};
};

// Lives as long as the process: a fuzzer that has found something does not wait for threads.
Site& TheSite() {
  static Site& site = *new Site;
  return site;
}

int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) abort();
  return fd;
}

std::string Request(std::string_view line, std::string_view headers, std::string_view body = "") {
  std::string text = std::string(line) + " HTTP/1.1\r\nHost: site.test\r\n" + std::string(headers);
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

constexpr char kAppeal[] = R"({"citation_number":"912345678","city_id":"us-ca-san_francisco",
"section_id":"sfmta","violation_date":"2026-11-01","license_plate":"8ABC123","vehicle_info":"Blue",
"user_name":"Jordan Doe","user_address_line1":"1 Road","user_address_line2":null,"user_city":"Here",
"user_state":"CA","user_zip":"94110","user_email":"j@example.com","user_phone":"+1 415 555 0100",
"draft_text":"\u00e9 The meter was broken.","appeal_type":"certified","selected_evidence":["a","b"],
"signature_data":"data:image/png;base64,iVBORw0KGgo=","accept_late":true,"allow_duplicate":false,
"intake_id":"0192f7a4-5c1d-7e3a-9b2c-000000000001","draft_id":"0192f7a4-5c1d-7e3a-9b2c-000000000002",
"story":"It was broken.","message":"Where is it?","payment_id":"0192f7a4-5c1d-7e3a-9b2c-3d4e5f607182",
"email":"j@example.com","reason":"duplicate","amount_cents":100,"force":true,"action":"accept"})";

constexpr char kForm[] =
    "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
    "Content-Type: image/png\r\n\r\n\x89PNG\r\n"
    "--b\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nThe sign\r\n--b--\r\n";

// With an id in the place of each parameter.
std::string PathOf(const Route& route) {
  std::string path(route.pattern);
  for (size_t open = 0; (open = path.find('{')) != std::string::npos;) {
    const size_t close = path.find('}');
    const std::string name = path.substr(open + 1, close - open - 1);
    path.replace(open, close - open + 1,
                 name == "session_id" ? "cs_test_1"
                 : name == "file"     ? "site.css"
                                      : "0192f7a4-5c1d-7e3a-9b2c-3d4e5f607182");
  }
  return path;
}

std::string SeedOf(const Route& route) {
  const std::string line = std::string(route.method) + " " + PathOf(route);
  std::string headers = std::string("Authorization: Bearer ") + kOperator + "\r\n";
  switch (route.body.kind) {
    case Body::kJson:
      return Request(
          line, headers + "Content-Type: application/json\r\nIdempotency-Key: 0123456789abcdef\r\n",
          kAppeal);
    case Body::kImage:
      return Request(line, headers + "Content-Type: multipart/form-data; boundary=b\r\n", kForm);
    case Body::kRaw:
      return Request(
          line,
          "Stripe-Signature: t=1,v1=00\r\nLob-Signature: 00\r\nLob-Signature-Timestamp: 1\r\n",
          R"({"id":"evt_1"})");
    default:
      return Request(line + "?q=a%20b&limit=10&cursor=x&list=all&from=2026-11-01&to=2026-11-30",
                     headers);
  }
}

}  // namespace

std::string Answers(std::string_view bytes) {
  Site& site = TheSite();
  AnswerAll(site.backend(), static_cast<int>(bytes.size() % 24));
  const int fd = Connect(site.port());
  // Less than what the kernel holds for a connection, so nobody waits for us to read.
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;  // refused early: the answer tells
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  shutdown(fd, SHUT_WR);
  std::string answers;
  char buffer[1 << 14];
  for (ssize_t got = 0; (got = recv(fd, buffer, sizeof(buffer), 0)) > 0;)
    answers.append(buffer, static_cast<size_t>(got));
  close(fd);
  return answers;
}

std::map<std::string, std::string> GatewaySeeds() {
  std::map<std::string, std::string> seeds;
  int number = 0;
  for (const Route& route : Routes()) seeds["route-" + std::to_string(number++)] = SeedOf(route);
  const std::string json = "Content-Type: application/json\r\n";
  seeds["chunked"] =
      "POST /api/citations/validate HTTP/1.1\r\nHost: x\r\n" + json +
      "Transfer-Encoding: chunked\r\n\r\n7\r\n{\"a\":1,\r\n6;x=y\r\n\"b\":2}\r\n0\r\n\r\n";
  seeds["pipelined"] = Request("GET /health", "") + Request("HEAD /", "") +
                       Request("POST /api/checkout/old-format", "", "x") +
                       Request("GET /status", "");
  seeds["continue"] = Request("POST /api/drafts/generate", json + "Expect: 100-continue\r\n", "{}");
  seeds["preflight"] = Request(
      "OPTIONS /api/cities", "Origin: https://site.test\r\nAccess-Control-Request-Method: GET\r\n");
  seeds["negotiated"] = Request("GET /api/cities",
                                "Accept: text/*;q=0, application/json;q=0.5, */*\r\n"
                                "Accept-Encoding: br, gzip;q=0.5, *;q=0\r\n"
                                "If-None-Match: W/\"a\", \"b\", *\r\n");
  seeds["traced"] = Request("GET /health",
                            "X-Request-ID: a-1\r\ntraceparent: 00-0af7651916cd43dd8448"
                            "eb211c80319c-b7ad6b7169203331-01\r\nConnection: TE, close\r\n");
  seeds["absolute"] =
      Request("GET http://site.test/api/appeals/a%20b?x=%41+b#c", "Range: bytes=0-5,7-\r\n");
  seeds["old"] = "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
  seeds["photo"] =
      Request("POST /api/intakes/a/evidence",
              "Authorization: Bearer x\r\nContent-Type: image/png\r\nX-Caption: caf%C3%A9\r\n",
              "\x89PNG\r\n");
  seeds["deep"] = Request("POST /api/support", json, std::string(200, '[') + std::string(200, ']'));
  seeds["ambiguous"] =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"
      "\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n";
  return seeds;
}

}  // namespace fsft::test
