#include "gateway/http/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <optional>
#include <vector>

namespace fsft::gateway::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Answers with what it was sent: "METHOD path body|peer". /refuse wants no body; /wait answers when
// told to, and /204 and /304 without a body.
class Echo final : public Application {
 public:
  class EchoExchange final : public Exchange {
   public:
    EchoExchange(Echo& echo, Request head) : echo_(echo), head_(std::move(head)) {}
    std::optional<size_t> BodyLimit() const override {
      return head_.path == "/refuse"  ? std::nullopt
             : head_.path == "/large" ? std::optional<size_t>(1 << 20)
                                      : std::optional<size_t>(1000);
    }
    Response Answer(std::string body) override {
      if (head_.path == "/204" || head_.path == "/304")
        return {std::stoi(head_.path.substr(1)), "", ""};
      if (head_.path == "/wait") {
        echo_.waiting.set_value();
        echo_.go_on.get_future().wait();
      }
      std::string test;
      for (const Header& header : head_.headers) {
        if (SameName(header.name, "X-Test")) test += (test.empty() ? "" : ",") + header.value;
      }
      return {200, "text/plain",
              head_.method + " " + head_.path + " " + body + "|" + head_.remote_addr + "|" + test};
    }
    Response AnswerFailure(BodyFailure failure) override {
      const int status = failure == BodyFailure::kTooLarge  ? 413
                         : failure == BodyFailure::kTooSlow ? 408
                         : failure == BodyFailure::kNoRoom  ? 503
                                                            : 400;
      return {status, "text/plain", "body failed"};
    }

   private:
    Echo& echo_;
    const Request head_;
  };

  std::unique_ptr<Exchange> Begin(Request head, const Framing&) override {
    return std::make_unique<EchoExchange>(*this, std::move(head));
  }
  Response AnswerUnreadable(int status) override { return {status, "text/plain", "unreadable"}; }
  void CountMadeRoom() override { ++made_room; }

  std::promise<void> waiting;
  std::promise<void> go_on;
  std::atomic<int> made_room{0};
};

class ServerTest : public testing::Test {
 protected:
  void Start(ServerOptions options = {}) {
    options.address = "127.0.0.1:0";
    server_.emplace(options, echo_);
    ASSERT_TRUE(server_->Start().ok());
  }

  Echo echo_;
  std::optional<Server> server_;
};

// A client that sends whatever it likes.
class RawClient {
 public:
  // `from` is one of this machine's addresses.
  explicit RawClient(int port, const char* from = "127.0.0.1")
      : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    EXPECT_EQ(inet_pton(AF_INET, from, &address.sin_addr), 1);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  ~RawClient() { close(fd_); }
  RawClient(const RawClient&) = delete;

  void Send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server has closed: the answer tells
      text.remove_prefix(static_cast<size_t>(sent));
    }
  }

  // One answer: head, and as much body as its Content-Length says.
  std::string Receive() {
    size_t head = std::string::npos;
    while ((head = input_.find("\r\n\r\n")) == std::string::npos) {
      if (!More()) return std::exchange(input_, "");
    }
    size_t end = head + 4;
    if (const size_t at = input_.find("Content-Length: "); at < head)
      end += std::stoul(input_.substr(at + 16));
    while (input_.size() < end && More()) {
    }
    std::string answer = input_.substr(0, end);
    input_.erase(0, end);
    return answer;
  }

  // Everything until the server closes.
  std::string ReceiveAll() {
    while (More()) {
    }
    return std::exchange(input_, "");
  }

  bool ClosedByServer() { return ReceiveAll().empty(); }

 private:
  bool More() {
    char buffer[4096];
    const ssize_t received = recv(fd_, buffer, sizeof(buffer), 0);
    if (received > 0) input_.append(buffer, static_cast<size_t>(received));
    return received > 0;
  }

  const int fd_;
  std::string input_;
};

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  Start();
  RawClient client(server_->port());
  for (int i = 0; i < 3; ++i) {
    client.Send("GET /hello?q=1 HTTP/1.1\r\nHost: x\r\nX-Test: yes\r\n\r\n");
    const std::string answer = client.Receive();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, EndsWith("GET /hello |127.0.0.1|yes"));
    EXPECT_THAT(answer, Not(HasSubstr("Connection: close")));
  }
}

TEST_F(ServerTest, HeadAnswersWithoutABody) {
  Start();
  RawClient client(server_->port());
  client.Send("HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = client.ReceiveAll();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(ServerTest, ReadsBodiesByLengthAndByChunks) {
  Start();
  RawClient client(server_->port());
  client.Send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_THAT(client.Receive(), HasSubstr("POST /a hello|"));
  client.Send(
      "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(client.Receive(), HasSubstr("POST /b abcde|"));
  client.Send("POST /c HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.Receive(), HasSubstr("POST /c |"));
}

TEST_F(ServerTest, BytesReachTheApplicationWhateverTheirTypeClaims) {
  Start();
  RawClient client(server_->port());
  for (const char* type : {"multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
                           "text/plain\r\nContent-Encoding: gzip"}) {
    client.Send(std::string("POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: ") + type +
                "\r\nContent-Length: 5\r\n\r\na=%41");
    EXPECT_THAT(client.Receive(), HasSubstr("POST /a a=%41|")) << type;
  }
}

TEST_F(ServerTest, PipelinedRequestsAreAllAnswered) {
  Start();
  RawClient client(server_->port());
  client.Send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: "
      "2\r\n\r\nokGET /3 "
      "HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.Receive(), HasSubstr("GET /1 |"));
  EXPECT_THAT(client.Receive(), HasSubstr("POST /2 ok|"));
  EXPECT_THAT(client.Receive(), HasSubstr("GET /3 |"));
}

// Whatever is read in two ways must end the connection too: what follows could be somebody else's
// request.
TEST_F(ServerTest, AmbiguousFramingIsRefusedAndTheConnectionClosed) {
  Start();
  const char* heads[] = {"Content-Length: 5\r\nContent-Length: 6\r\n",
                         "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                         "Transfer-Encoding: gzip, chunked\r\n", "Content-Length: +5\r\n"};
  for (const char* head : heads) {
    RawClient client(server_->port());
    client.Send(std::string("POST /a HTTP/1.1\r\nHost: x\r\n") + head +
                "\r\nhelloGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answers = client.ReceiveAll();
    EXPECT_THAT(answers, StartsWith("HTTP/1.1 400")) << head;
    EXPECT_THAT(answers, HasSubstr("Connection: close")) << head;
    EXPECT_THAT(answers, Not(HasSubstr("smuggled"))) << head;
  }
}

TEST_F(ServerTest, AnUnreadBodyIsNeverTakenForTheNextRequest) {
  Start();
  RawClient client(server_->port());
  const std::string hidden = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
  client.Send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: " +
              std::to_string(hidden.size()) + "\r\n\r\n" + hidden);
  const std::string answers = client.ReceiveAll();
  EXPECT_THAT(answers, HasSubstr("POST /refuse"));
  EXPECT_THAT(answers, Not(HasSubstr("smuggled")));
}

TEST_F(ServerTest, ATooLargeBodyIsRefusedHoweverItComes) {
  Start();
  {
    RawClient client(server_->port());
    client.Send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" +
                std::string(100'000, 'x'));
    EXPECT_THAT(client.ReceiveAll(), StartsWith("HTTP/1.1 413"));
  }
  RawClient client(server_->port());
  client.Send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 100; ++i) client.Send("3e8\r\n" + std::string(1000, 'x') + "\r\n");
  EXPECT_THAT(client.ReceiveAll(), StartsWith("HTTP/1.1 413"));
}

TEST_F(ServerTest, ABadChunkEndsTheConnection) {
  Start();
  for (const char* chunk : {"-1\r\n", "0x5\r\nhello\r\n", "5\r\nhello!\r\n"}) {
    RawClient client(server_->port());
    client.Send(std::string("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n") +
                chunk + "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answers = client.ReceiveAll();
    EXPECT_THAT(answers, StartsWith("HTTP/1.1 400")) << chunk;
    EXPECT_THAT(answers, Not(HasSubstr("smuggled"))) << chunk;
  }
}

TEST_F(ServerTest, LargeBodiesTakeTurnsAtTheMemoryThereIs) {
  Start({.address = {}, .body_memory = 1600 << 10});
  const std::string head = "POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 524288\r\n\r\n";
  const std::string body(524288, 'a');
  RawClient patient(server_->port());
  for (int i = 0; i < 3; ++i) {
    patient.Send(head + body);
    EXPECT_THAT(patient.Receive(), StartsWith("HTTP/1.1 200")) << "the last gave back its share";
  }
  Start({.address = {}, .body_memory = 1400 << 10});
  RawClient refused(server_->port());
  refused.Send(head + body);
  EXPECT_THAT(refused.ReceiveAll(), StartsWith("HTTP/1.1 503"));
}

TEST_F(ServerTest, AClientThatAsksFirstIsToldBeforeItSends) {
  Start();
  RawClient refused(server_->port());
  refused.Send(
      "POST /refuse HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_THAT(refused.Receive(), StartsWith("HTTP/1.1 200"));

  RawClient welcome(server_->port());
  welcome.Send("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_THAT(welcome.Receive(), StartsWith("HTTP/1.1 100 Continue"));
  welcome.Send("hello");
  EXPECT_THAT(welcome.Receive(), HasSubstr("POST /a hello|"));
}

TEST_F(ServerTest, WhatIsNoRequestIsRefusedByWhatIsWrongAndTheConnectionClosed) {
  Start();
  std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 101; ++i) many += "X: y\r\n";
  const std::pair<int, std::string> requests[] = {
      {400, "NONSENSE\r\n\r\n"},
      {505, "GET / HTTP/3.0\r\n\r\n"},
      {400, "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n"},
      {400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\nhello"},
      {416, "GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=x\r\n\r\n"},
      {414, "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"},
      {414, std::string(1 << 20, 'a')},
      {431, "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(9000, 'a') + "\r\n\r\n"},
      {431, "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(1 << 20, 'a')},
      {431, many + "\r\n"}};
  for (const auto& [status, request] : requests) {
    RawClient client(server_->port());
    client.Send(request);
    const std::string answer = client.ReceiveAll();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(status) + " "))
        << request.substr(0, 40);
    EXPECT_THAT(answer, EndsWith("unreadable")) << request.substr(0, 40);
    EXPECT_THAT(answer, HasSubstr("Connection: close")) << request.substr(0, 40);
  }
}

TEST_F(ServerTest, AHeadThatAProxyMayReadOtherwiseIsRefused) {
  Start();
  for (const char* lines :
       {"", "Host: x\r\nHost: y\r\n", "Host: x\r\nContent-Length : 5\r\n",
        "Host: x\r\nTransfer-Encoding: chunked\n\r\n", "Host: x\r\nContent-Length: %35\r\n"}) {
    RawClient client(server_->port());
    client.Send(std::string("POST /a HTTP/1.1\r\n") + lines + "\r\nhello");
    const std::string answer = client.ReceiveAll();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400")) << lines;
    EXPECT_THAT(answer, HasSubstr("Connection: close")) << lines;
  }
}

TEST_F(ServerTest, AnUnknownMethodAndVersionAreToldFromNonsense) {
  Start();
  const std::pair<const char*, const char*> requests[] = {
      {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 501 Not Implemented\r\n"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 505 HTTP Version Not Supported\r\n"}};
  for (const auto& [request, answer] : requests) {
    RawClient client(server_->port());
    client.Send(request);
    EXPECT_THAT(client.ReceiveAll(), StartsWith(answer));
  }
}

// What a request's target names, as routes see it.
TEST_F(ServerTest, TargetsInEveryFormNameOnePath) {
  Start();
  const std::pair<const char*, const char*> targets[] = {
      {"/a?b=/c#d", "/a"},
      {"http://x/a?b", "/a"},
      {"HTTPS://x:443/a", "/a"},
      {"http://x", "/"},
      {"*", "*"},
      {"/%61/b%20c", "/a/b c"},
      // As it was written: no route has an escape in its name.
      {"/a%2Fb", "/a%2Fb"},
      {"/a%5cb", "/a%5cb"},
      {"/a%00b", "/a%00b"},
      {"/%u0061", "/%u0061"},
      {"/a%zz", "/a%zz"},
      {"/a%4", "/a%4"},
      {"//a/../b/", "//a/../b/"},
  };
  RawClient client(server_->port());
  for (const auto& [target, path] : targets) {
    client.Send(std::string("GET ") + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.Receive(), HasSubstr(std::string("GET ") + path + " |")) << target;
  }
}

TEST_F(ServerTest, TheConnectionEndsWhenTheClientSaysSoInAnyWords) {
  Start();
  for (const char* head : {"HTTP/1.1\r\nConnection: close\r\n", "HTTP/1.1\r\nConnection: Close\r\n",
                           "HTTP/1.1\r\nConnection: TE, close\r\n", "HTTP/1.0\r\n"}) {
    RawClient client(server_->port());
    client.Send(std::string("GET /a ") + head +
                "Host: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answers = client.ReceiveAll();
    EXPECT_THAT(answers, HasSubstr("GET /a")) << head;
    EXPECT_THAT(answers, Not(HasSubstr("GET /b"))) << head;
    if (std::string_view(head).starts_with("HTTP/1.1")) {
      EXPECT_THAT(answers, HasSubstr("\r\nConnection: close\r\n")) << head;
    }
  }
}

TEST_F(ServerTest, EveryAnswerIsDatedAndHeadIsAsLongAsGet) {
  Start();
  RawClient client(server_->port());
  client.Send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string get = client.Receive();
  EXPECT_THAT(get,
              testing::ContainsRegex("\r\nDate: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} "
                                     "[0-9:]{8} GMT\r\n"));
  EXPECT_THAT(get, HasSubstr("\r\nContent-Length: 18\r\n"));
  client.Send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  // One more: the method is in the body that is not sent.
  EXPECT_THAT(client.ReceiveAll(), HasSubstr("\r\nContent-Length: 19\r\n"));
  RawClient unreadable(server_->port());
  unreadable.Send("NONSENSE\r\n\r\n");
  EXPECT_THAT(unreadable.ReceiveAll(), HasSubstr("\r\nDate: "));
}

// 204 and 304 never have a body, and "Content-Length: 0" would be what GET answers.
TEST_F(ServerTest, AnAnswerWithoutABodyHasNoLength) {
  Start();
  RawClient client(server_->port());
  for (const char* path : {"/204", "/304"}) {
    client.Send(std::string("GET ") + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = client.Receive();
    EXPECT_THAT(answer, HasSubstr(path + 1));
    EXPECT_THAT(answer, Not(HasSubstr("Content-"))) << answer;
    EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
  }
}

TEST_F(ServerTest, AsManyHeadersAsThereMayBeAreTaken) {
  Start();
  RawClient client(server_->port());
  std::string request = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 99; ++i) request += "X-" + std::to_string(i) + ": y\r\n";
  for (int i = 0; i < 2; ++i) {
    client.Send(request + "\r\n");
    EXPECT_THAT(client.Receive(), StartsWith("HTTP/1.1 200"));
  }
}

// X-Forwarded-For depends on it.
TEST_F(ServerTest, RepeatedHeadersStayInTheirOrder) {
  Start();
  RawClient client(server_->port());
  client.Send("GET /a HTTP/1.1\r\nHost: x\r\nX-Test: one\r\nx-test: two\r\nX-Test: three\r\n\r\n");
  EXPECT_THAT(client.Receive(), EndsWith("|one,two,three"));
}

TEST_F(ServerTest, AHeaderCannotPretendToBeThePeersAddress) {
  Start();
  RawClient client(server_->port());
  client.Send("GET /a HTTP/1.1\r\nHost: x\r\nREMOTE_ADDR: 10.9.9.9\r\nX-Test: ok\r\n\r\n");
  EXPECT_THAT(client.Receive(), EndsWith("|127.0.0.1|ok"));
}

TEST_F(ServerTest, AHeadThatNeverEndsTimesOut) {
  Start({.address = {}, .head_timeout = milliseconds(100)});
  RawClient client(server_->port());
  client.Send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  EXPECT_THAT(client.ReceiveAll(), StartsWith("HTTP/1.1 408"));
  RawClient slower(server_->port());
  slower.Send("GET /");
  EXPECT_THAT(slower.ReceiveAll(), StartsWith("HTTP/1.1 408"));
}

TEST_F(ServerTest, ABodyThatNeverEndsTimesOut) {
  Start({.address = {}, .body_timeout = milliseconds(100)});
  RawClient client(server_->port());
  client.Send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
  EXPECT_THAT(client.ReceiveAll(), StartsWith("HTTP/1.1 408"));
}

// It would time out after 100 ms, had it not promised 512 KiB.
TEST_F(ServerTest, ALargeBodyMayTakeItsTime) {
  Start({.address = {}, .body_timeout = milliseconds(100)});
  RawClient client(server_->port());
  client.Send("POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 524288\r\n\r\n");
  client.Send(std::string(262144, 'a'));
  // So long has it waited when one that promised little has timed out.
  RawClient small(server_->port());
  small.Send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
  EXPECT_THAT(small.ReceiveAll(), StartsWith("HTTP/1.1 408"));
  client.Send(std::string(262144, 'a'));
  EXPECT_THAT(client.Receive(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, AnIdleConnectionEndsWithoutAWord) {
  Start({.address = {}, .idle_timeout = milliseconds(100)});
  RawClient client(server_->port());
  EXPECT_TRUE(client.ClosedByServer());
}

TEST_F(ServerTest, WhenAllAreAtWorkOneMoreIsToldSoAndRoomIsFoundAgain) {
  Start({.address = {}, .max_connections = 1});
  RawClient busy(server_->port());
  busy.Send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  echo_.waiting.get_future().wait();
  EXPECT_THAT(RawClient(server_->port()).ReceiveAll(),
              StartsWith("HTTP/1.1 503 Service Unavailable"));
  echo_.go_on.set_value();
  EXPECT_THAT(busy.Receive(), StartsWith("HTTP/1.1 200"));
  RawClient next(server_->port());
  next.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(next.Receive(), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(busy.ClosedByServer());
}

// Whatever they have their connections wait for.
TEST_F(ServerTest, WhoeverComesWithARequestIsServedThoughOthersHoldAllConnections) {
  Start({.address = {}, .max_connections = 3});
  RawClient idle(server_->port());
  RawClient in_head(server_->port());
  RawClient in_body(server_->port());
  // Answered, hence counted.
  for (RawClient* client : {&idle, &in_head, &in_body}) {
    client->Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client->Receive(), StartsWith("HTTP/1.1 200"));
  }
  in_head.Send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  in_body.Send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
  std::vector<std::unique_ptr<RawClient>> newcomers;
  for (int i = 0; i < 10; ++i) {
    newcomers.push_back(std::make_unique<RawClient>(server_->port()));
    newcomers.back()->Send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(newcomers.back()->Receive(), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_TRUE(idle.ClosedByServer());
  EXPECT_TRUE(in_head.ClosedByServer());
  EXPECT_TRUE(in_body.ClosedByServer());
  EXPECT_EQ(echo_.made_room, 10);
}

TEST_F(ServerTest, AClientHasItsShareOfTheConnections) {
  Start({.address = {}, .max_client_connections = 2});
  RawClient first(server_->port());
  std::optional<RawClient> second(server_->port());
  for (RawClient* client : {&first, &*second}) {
    client->Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client->Receive(), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_THAT(RawClient(server_->port()).ReceiveAll(),
              StartsWith("HTTP/1.1 429 Too Many Requests"));
  RawClient other(server_->port(), "127.0.0.2");
  other.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(other.Receive(), StartsWith("HTTP/1.1 200"));

  second.reset();
  const auto answered = [&] {
    RawClient client(server_->port());
    client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    return client.Receive().starts_with("HTTP/1.1 200");
  };
  const auto patience = steady_clock::now() + seconds(20);
  bool room = false;
  while (!room && steady_clock::now() < patience) room = answered();
  EXPECT_TRUE(room);
}

TEST_F(ServerTest, AProxyOfOursBringsAsManyAsThereMayBe) {
  Start({.address = {}, .max_client_connections = 1, .trusted_proxies = Networks({"127.0.0.1"})});
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(std::make_unique<RawClient>(server_->port()));
  for (auto& client : clients) client->Send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  for (auto& client : clients) EXPECT_THAT(client->Receive(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, ConcurrentConnectionsAreServedSideBySide) {
  Start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(std::make_unique<RawClient>(server_->port()));
  for (auto& client : clients) client->Send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  for (auto& client : clients) EXPECT_THAT(client->Receive(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, StopLetsARequestFinishAndEndsIdleConnections) {
  Start();
  RawClient idle(server_->port());
  idle.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(idle.Receive(), StartsWith("HTTP/1.1 200"));
  RawClient busy(server_->port());
  busy.Send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  echo_.waiting.get_future().wait();

  EXPECT_FALSE(server_->Stop(steady_clock::now() + milliseconds(50))) << "a request is under way";
  EXPECT_FALSE(server_->accepting());
  EXPECT_TRUE(idle.ClosedByServer());
  echo_.go_on.set_value();
  EXPECT_THAT(busy.ReceiveAll(), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(server_->Stop(steady_clock::now() + seconds(20)));
}

TEST_F(ServerTest, ASecondServerOnThePortFailsAtItsStart) {
  Start();
  Server second({.address = "127.0.0.1:" + std::to_string(server_->port())}, echo_);
  EXPECT_EQ(second.Start().code(), absl::StatusCode::kUnavailable);
  Server malformed({.address = "nonsense"}, echo_);
  EXPECT_EQ(malformed.Start().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace fsft::gateway::http
