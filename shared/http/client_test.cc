#include "shared/http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "shared/http/test_server.h"

namespace fsft::http {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Request To(const std::string& url, const std::string& method = "GET",
           const std::string& body = "") {
  Request request;
  request.method = method;
  request.url = url;
  request.body = body;
  return request;
}

std::string Ok(const std::string&) { return Answer("200 OK", "fine"); }

TEST(Client, GivesStatusHeadersAndBody) {
  TestServer server([](const std::string&) {
    return Answer("402 Payment Required", "{}", "Request-Id:  req_1 \r\nX-A: 1\r\nx-a: 2\r\n");
  });
  const auto response = Client().Send(To(server.Url("/v1/x?y=z")));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 402);
  EXPECT_EQ(response->body, "{}");
  EXPECT_EQ(response->Find("request-ID"), "req_1");
  EXPECT_EQ(response->Find("X-A"), "1");
  EXPECT_EQ(response->Find("absent"), "");
  EXPECT_THAT(server.Requests().at(0), StartsWith("GET /v1/x?y=z HTTP/1.1\r\n"));
}

TEST(Client, SendsMethodHeadersAndBody) {
  TestServer server(Ok);
  Client client;
  Request post = To(server.Url(), "POST", std::string("a=1&b=\0", 7));
  post.headers = {{"Authorization", "Bearer sk_test_1"}, {"X-Empty", ""}};
  ASSERT_TRUE(client.Send(post).ok());
  ASSERT_TRUE(client.Send(To(server.Url("/letters/1"), "DELETE")).ok());
  ASSERT_TRUE(client.Send(To(server.Url(), "POST")).ok());

  const auto requests = server.Requests();
  EXPECT_THAT(requests[0], HasSubstr("\r\nAuthorization: Bearer sk_test_1\r\n"));
  EXPECT_THAT(requests[0], HasSubstr("\r\nX-Empty:\r\n"));
  EXPECT_THAT(requests[0], HasSubstr("\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
  EXPECT_THAT(requests[0], testing::EndsWith(std::string("\r\n\r\na=1&b=\0", 11)));
  EXPECT_THAT(requests[1], StartsWith("DELETE /letters/1 "));
  EXPECT_THAT(requests[2], HasSubstr("\r\nContent-Length: 0\r\n"));
}

TEST(Client, SendsPartsAsMultipart) {
  TestServer server(Ok);
  Request request = To(server.Url(), "POST");
  const std::string pdf("%PDF-1.7\r\n\0\xff", 12);
  request.multipart = {{"to[name]", "", "", "SFMTA"}, {"file", "l.pdf", "application/pdf", pdf}};
  ASSERT_TRUE(Client().Send(request).ok());
  const std::string seen = server.Requests().at(0);
  EXPECT_THAT(seen, HasSubstr("\r\nContent-Type: multipart/form-data; boundary="));
  EXPECT_THAT(seen, HasSubstr("form-data; name=\"to[name]\"\r\n\r\nSFMTA\r\n"));
  EXPECT_THAT(seen, HasSubstr("form-data; name=\"file\"; filename=\"l.pdf\"\r\n"
                              "Content-Type: application/pdf\r\n\r\n" +
                              pdf + "\r\n"));
}

TEST(Client, DoesNotWaitFor100ContinueWithALargeBody) {
  TestServer server(Ok);
  ASSERT_TRUE(Client().Send(To(server.Url(), "POST", std::string(2'000'000, 'x'))).ok());
  EXPECT_THAT(server.Requests().at(0), Not(HasSubstr("Expect:")));
}

TEST(Client, SkipsTheHeadersOfAnInterimAnswer) {
  TestServer server([](const std::string&) {
    return "HTTP/1.1 103 Early Hints\r\nX-A: early\r\n\r\n" + Answer("200 OK", "", "X-A: last\r\n");
  });
  EXPECT_EQ(Client().Send(To(server.Url()))->Find("X-A"), "last");
}

TEST(Client, ReusesItsConnection) {
  TestServer server(Ok);
  Client client;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.Send(To(server.Url(), "POST", "x")).ok());
  EXPECT_EQ(server.Connections(), 1);
}

TEST(Client, UsesNoMoreConnectionsThanThreads) {
  TestServer server(Ok);
  const Client client;
  std::atomic<int> succeeded = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 25; ++i) succeeded += client.Send(To(server.Url())).ok();
      });
    }
  }
  EXPECT_EQ(succeeded, 100);
  EXPECT_LE(server.Connections(), 4);
}

TEST(Client, LeavesNothingOfARequestToTheNext) {
  TestServer server(Ok);
  Client client;
  Request first = To(server.Url(), "POST");
  first.headers = {{"Idempotency-Key", "k1"}};
  first.multipart = {{"a", "", "", "b"}};
  ASSERT_TRUE(client.Send(first).ok());
  ASSERT_TRUE(client.Send(To(server.Url("/second"))).ok());
  EXPECT_THAT(server.Requests()[1], StartsWith("GET /second "));
  EXPECT_THAT(server.Requests()[1], Not(HasSubstr("Idempotency-Key")));
  EXPECT_THAT(server.Requests()[1], Not(HasSubstr("Content-Type")));
}

TEST(Client, ProvesThatNothingWasSentWhenItCannotConnect) {
  const std::string refused = "http://127.0.0.1:" + std::to_string(ClosedPort()) + "/";
  for (const std::string& url : {refused, std::string("http://no-such-host.invalid/")}) {
    const auto status = Client().Send(To(url, "POST", "x")).status();
    EXPECT_EQ(status.code(), StatusCode::kUnavailable) << status;
  }
}

TEST(Client, CannotTellWhatBecameOfARequestThatTimedOut) {
  TestServer* itself = nullptr;
  TestServer server([&itself](const std::string&) { return itself->UntilStopped(); });
  itself = &server;
  Request request = To(server.Url(), "POST", "x");
  request.total_timeout = std::chrono::milliseconds(200);
  EXPECT_EQ(Client().Send(request).status().code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(server.Requests().size(), 1u);
}

TEST(Client, CannotTellWhatBecameOfARequestThatWasNotAnswered) {
  TestServer server([](const std::string&) { return ""; });
  EXPECT_EQ(Client().Send(To(server.Url(), "POST", "x")).status().code(), StatusCode::kUnknown);
  EXPECT_EQ(server.Requests().size(), 1u);
}

TEST(Client, RefusesAnAnswerThatWasCut) {
  TestServer server([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhalf";
  });
  EXPECT_EQ(Client().Send(To(server.Url(), "POST", "x")).status().code(), StatusCode::kUnknown);
}

// The first answer leaves a connection to reuse, which then breaks under the second request.
class BrokenConnection : public testing::Test {
 protected:
  Client client_;
  std::atomic<int> answered_ = 0;
  TestServer server_{[this](const std::string&) {
    return answered_++ == 1 ? std::string() : Answer("200 OK", "fine");
  }};
};

TEST_F(BrokenConnection, NeverRepeatsAPost) {
  ASSERT_TRUE(client_.Send(To(server_.Url(), "POST", "first")).ok());
  EXPECT_EQ(client_.Send(To(server_.Url(), "POST", "second")).status().code(),
            StatusCode::kUnknown);
  EXPECT_EQ(server_.Requests().size(), 2u);
  EXPECT_TRUE(client_.Send(To(server_.Url(), "POST", "third")).ok());  // on a new connection
}

TEST_F(BrokenConnection, NeverRepeatsAPostWithoutBody) {
  ASSERT_TRUE(client_.Send(To(server_.Url(), "POST")).ok());
  EXPECT_EQ(client_.Send(To(server_.Url(), "POST")).status().code(), StatusCode::kUnknown);
  EXPECT_EQ(server_.Requests().size(), 2u);
}

TEST_F(BrokenConnection, RepeatsAGet) {
  ASSERT_TRUE(client_.Send(To(server_.Url())).ok());
  EXPECT_TRUE(client_.Send(To(server_.Url())).ok());
  EXPECT_EQ(server_.Requests().size(), 3u);
}

TEST(Client, BoundsTheAnswer) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
                              std::string(101, 'x') + "\r\n0\r\n\r\n";
  const std::string headers = Answer("200 OK", "", "X: " + std::string(70'000, 'x') + "\r\n");
  for (const std::string& answer : {Answer("200 OK", std::string(101, 'x')), chunked, headers}) {
    TestServer server([&answer](const std::string&) { return answer; });
    Request request = To(server.Url());
    request.max_response_bytes = 100;
    EXPECT_EQ(Client().Send(request).status().code(), StatusCode::kResourceExhausted);
  }
  TestServer server([](const std::string&) { return Answer("200 OK", std::string(100, 'x')); });
  Request request = To(server.Url());
  request.max_response_bytes = 100;
  EXPECT_EQ(Client().Send(request)->body.size(), 100u);
}

TEST(Client, DoesNotFollowRedirects) {
  TestServer server(
      [](const std::string&) { return Answer("302 Found", "", "Location: /elsewhere\r\n"); });
  EXPECT_EQ(Client().Send(To(server.Url()))->status, 302);
  EXPECT_EQ(server.Requests().size(), 1u);
}

TEST(Client, IgnoresTheProxiesOfTheEnvironment) {
  TestServer server(Ok);
  const std::string proxy = "http://127.0.0.1:" + std::to_string(ClosedPort());
  setenv("http_proxy", proxy.c_str(), 1);
  const auto response = Client().Send(To(server.Url()));
  unsetenv("http_proxy");
  EXPECT_TRUE(response.ok()) << response.status();
}

TEST(Client, RefusesWhatItCannotSend) {
  TestServer server(Ok);
  const Client client;
  std::vector<Request> requests = {To("ftp://127.0.0.1/"),
                                   To("file:///etc/passwd"),
                                   To(""),
                                   To("http://u:p@127.0.0.1/"),
                                   To(server.Url(), "GET /x HTTP/1.1"),
                                   To(server.Url(), "")};
  for (const Headers& headers :
       {Headers{{"X-A", "1\r\nX-B: 2"}}, Headers{{"X-A\r\nX-B", "1"}}, Headers{{"", "1"}},
        Headers{{"X:A", "1"}}, Headers{{"X-A", std::string("1\0", 2)}}}) {
    requests.push_back(To(server.Url()));
    requests.back().headers = headers;
  }
  requests.push_back(To(server.Url(), "POST"));
  requests.back().multipart = {{"a", "", "text/plain\r\nX-B: 2", "b"}};
  for (const Request& request : requests) {
    const auto status = client.Send(request).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << request.url << ' ' << status;
  }
  EXPECT_EQ(server.Connections(), 0);
}

}  // namespace
}  // namespace fsft::http
