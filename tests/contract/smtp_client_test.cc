// The suite's mail client against a mail server that speaks by the book.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <future>

#include "shared/http/test_server.h"
#include "shared/rpc/test_certificates.h"
#include "shared/smtp/client.h"
#include "tests/sandbox/smtp/server.h"

namespace fsft::smtp {
namespace {

using sandbox::Json;
using testing::HasSubstr;
using Verdict = Answer::Verdict;

Message Email() {
  return {.from = {.name = "Fight, Inc. für alle", .address = "letters@example.com"},
          .to = "jordan@example.org",
          .subject = "Your refund: $9.89",
          .message_id = "1.refunded@example.com",
          .date = time::SystemClock().Now(),
          .text = ".a line that begins with a dot\n\n.\nümläut = \"quoted\"\n" +
                  std::string(2000, 'x') + "\n",
          .html = "<p>&amp; ü</p>\n"};
}

class SmtpClientTest : public testing::Test {
 protected:
  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  using Context = std::unique_ptr<SSL_CTX, FreeContext>;

  ~SmtpClientTest() override { knobs_.Stop(); }

  // A certificate for that name, and the file of the authority that issued it.
  SSL_CTX* TlsFor(const std::string& name) {
    authority_.Issue(directory_.path(), name);
    context_.reset(SSL_CTX_new(TLS_server_method()));
    EXPECT_EQ(
        SSL_CTX_use_certificate_chain_file(context_.get(), (directory_.path() / "tls.crt").c_str()),
        1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context_.get(), (directory_.path() / "tls.key").c_str(),
                                          SSL_FILETYPE_PEM),
              1);
    return context_.get();
  }
  void Serve(sandbox::smtp::Manner manner = {}) {
    server_ = std::make_unique<sandbox::smtp::Server>(std::move(manner), knobs_, mails_);
    ASSERT_TRUE(server_->Start(0).ok());
  }
  // `login` is "user:password@", or nothing.
  Answer Send(const std::string& scheme = "smtp://", const std::string& login = "",
              const Message& message = Email(), bool trusting = true) {
    const auto client =
        Client::Create({.url = scheme + login + "localhost:" + std::to_string(server_->port()),
                        .timeout = std::chrono::seconds(20),
                        .reply_timeout = std::chrono::seconds(20),
                        .ca_file = trusting ? (directory_.path() / "ca.crt").string() : ""});
    EXPECT_TRUE(client.ok()) << client.status();
    const absl::StatusOr<Answer> answer = client->Send(message);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(Answer{});
  }
  Json Mails() {
    return mails_.List([](const Json&) { return true; });
  }
  void SetKnob(const Json& knob) { knobs_.Set(*sandbox::Knobs::Parse(knob)); }

  rpc::TemporaryDirectory directory_;
  rpc::TestAuthority authority_;
  Context context_;
  sandbox::Knobs knobs_;
  sandbox::Records mails_{100};
  std::unique_ptr<sandbox::smtp::Server> server_;
};

TEST_F(SmtpClientTest, WhatIsSentArrivesAsItWas) {
  Serve();
  EXPECT_EQ(Send().verdict, Verdict::kAccepted);
  ASSERT_EQ(Mails().size(), 1u);
  const Json mail = Mails()[0];
  EXPECT_EQ(mail["from"], "letters@example.com");
  EXPECT_EQ(mail["to"], "jordan@example.org");
  EXPECT_EQ(mail["header_from"], "Fight, Inc. für alle <letters@example.com>");
  EXPECT_EQ(mail["header_to"], "jordan@example.org");
  EXPECT_EQ(mail["subject"], "Your refund: $9.89");
  EXPECT_EQ(mail["message_id"], "<1.refunded@example.com>");
  EXPECT_EQ(mail["text"], Email().text);
  EXPECT_EQ(mail["html"], Email().html);
  const std::string raw = mail["raw"];
  EXPECT_THAT(raw, HasSubstr("Content-Type: multipart/alternative; boundary="));
  EXPECT_THAT(raw, testing::ContainsRegex("\r\nM(ime|IME)-V(ersion|ERSION): 1.0\r\n"));
}

TEST_F(SmtpClientTest, SpeaksTlsFromTheStartOrWhenItIsOffered) {
  Serve({.tls = TlsFor("localhost"), .tls_from_the_start = true});
  EXPECT_EQ(Send("smtps://").verdict, Verdict::kAccepted);
  Serve({.tls = TlsFor("localhost"), .login = "us:secret"});
  EXPECT_EQ(Send("smtp://", "us:secret@").verdict, Verdict::kAccepted);
  EXPECT_EQ(Mails().size(), 2u);
}

TEST_F(SmtpClientTest, SendsNothingToSomebodyElse) {
  for (const bool from_the_start : {false, true}) {
    const std::string scheme = from_the_start ? "smtps://" : "smtp://";
    Serve({.tls = TlsFor("mail.example.com"), .tls_from_the_start = from_the_start});
    Answer answer = Send(scheme);
    EXPECT_EQ(answer.reason, "smtp_tls_failed") << "of another name";
    EXPECT_TRUE(answer.concerns_all);
    Serve({.tls = TlsFor("localhost"), .tls_from_the_start = from_the_start});
    answer = Send(scheme, "", Email(), /*trusting=*/false);
    EXPECT_EQ(answer.reason, "smtp_tls_failed") << "of an unknown authority";
  }
  EXPECT_TRUE(Mails().empty());
}

TEST_F(SmtpClientTest, AWrongPasswordIsNoFaultOfTheMessage) {
  Serve({.login = "us:secret"});
  EXPECT_EQ(Send("smtp://", "us:secret@").verdict, Verdict::kAccepted);
  const Answer refused = Send("smtp://", "us:wrong@");
  EXPECT_EQ(refused.verdict, Verdict::kNotNow);
  EXPECT_EQ(refused.reason, "smtp_login_refused");
  EXPECT_TRUE(refused.concerns_all);
  const Answer anonymous = Send();
  EXPECT_EQ(anonymous.verdict, Verdict::kNotNow);
  EXPECT_EQ(anonymous.reason, "smtp_530");
}

// Both lead to this machine, but need not: as 127.example.com.
TEST_F(SmtpClientTest, GivesNoPasswordToAnotherMachineInClear) {
  Serve({.login = "us:secret"});
  for (const std::string host : {"0.0.0.0", "127.localhost"}) {
    const auto client =
        Client::Create({.url = "smtp://us:secret@" + host + ":" + std::to_string(server_->port())});
    EXPECT_EQ(client->Send(Email())->reason, "smtp_tls_failed") << host;
  }
  EXPECT_TRUE(Mails().empty());
}

TEST_F(SmtpClientTest, SaysWhatTheServerSaid) {
  Serve();
  const struct {
    const char* operation;
    int status;
    Verdict verdict;
    const char* reason;
    bool concerns_all;
  } cases[] = {
      {"smtp.connect", 421, Verdict::kNotNow, "smtp_421", true},
      {"smtp.connect", 554, Verdict::kNotNow, "smtp_554", true},
      {"smtp.mail", 451, Verdict::kNotNow, "smtp_451", true},
      {"smtp.mail", 550, Verdict::kNotNow, "smtp_550", true},
      {"smtp.rcpt", 450, Verdict::kNotNow, "smtp_450", false},
      {"smtp.rcpt", 550, Verdict::kRefused, "smtp_550", false},
      {"smtp.rcpt", 421, Verdict::kNotNow, "smtp_421", true},
      {"smtp.data", 451, Verdict::kNotNow, "smtp_451", false},
      {"smtp.data", 554, Verdict::kRefused, "smtp_554", false},
  };
  for (const auto& c : cases) {
    SetKnob({{"operation", c.operation}, {"fail_status", c.status}});
    const Answer answer = Send();
    EXPECT_EQ(answer.verdict, c.verdict) << c.operation << c.status;
    EXPECT_EQ(answer.reason, c.reason) << c.operation << c.status;
    EXPECT_EQ(answer.concerns_all, c.concerns_all) << c.operation << c.status;
  }
  EXPECT_TRUE(Mails().empty());
}

// By the enhanced status code, where the server gives one.
TEST_F(SmtpClientTest, ARefusalOfUsIsNoRefusalOfTheMessage) {
  Serve();
  const struct {
    int status;
    const char* text;
    bool is_about_us;
  } cases[] = {
      {550, "5.7.1 relaying denied", true},        {554, "5.7.26 sender not authenticated", true},
      {552, "5.3.1 the disk is full", true},       {550, "5.1.1 nobody of that name", false},
      {550, "5.2.1 the mailbox is closed", false}, {554, "5.70.1 no such subject", false},
      {550, "no relaying, see 5.7.1 ", false},     {550, "5", false},
  };
  for (const char* operation : {"smtp.rcpt", "smtp.data"}) {
    for (const auto& c : cases) {
      SetKnob({{"operation", operation}, {"fail_status", c.status}, {"text", c.text}});
      const Answer answer = Send();
      EXPECT_EQ(answer.verdict, c.is_about_us ? Verdict::kNotNow : Verdict::kRefused)
          << operation << c.text;
      EXPECT_EQ(answer.concerns_all, c.is_about_us) << operation << c.text;
      EXPECT_EQ(answer.reason, "smtp_" + std::to_string(c.status));
    }
  }
  EXPECT_TRUE(Mails().empty());
}

// The one case in which a repetition makes a second copy.
TEST_F(SmtpClientTest, AConnectionThatBreaksProvesNothing) {
  Serve();
  for (const char* point : {"arrival", "answer"}) {
    SetKnob({{"operation", "smtp.data"}, {"drop", true}, {"point", point}});
    const Answer answer = Send();
    EXPECT_EQ(answer.verdict, Verdict::kNotNow) << point;
    EXPECT_EQ(answer.reason, "smtp_broken_off") << point;
    EXPECT_FALSE(answer.concerns_all) << point;
  }
  EXPECT_EQ(Mails().size(), 1u);
}

TEST_F(SmtpClientTest, AServerThatIsNotThereConcernsAll) {
  const auto client =
      Client::Create({.url = "smtp://127.0.0.1:" + std::to_string(http::ClosedPort())});
  const absl::StatusOr<Answer> answer = client->Send(Email());
  EXPECT_EQ(answer->reason, "smtp_unreachable");
  EXPECT_TRUE(answer->concerns_all);
}

TEST_F(SmtpClientTest, WaitsNoLongerThanItsTime) {
  Serve();
  SetKnob({{"operation", "smtp.data"}, {"hold", true}});
  const auto client = Client::Create({.url = "smtp://127.0.0.1:" + std::to_string(server_->port()),
                                      .timeout = std::chrono::milliseconds(300),
                                      .reply_timeout = std::chrono::seconds(1)});
  EXPECT_EQ(client->Send(Email())->reason, "smtp_timeout");
}

// The server holds a step of the conversation, and the client stops meanwhile. Without that it would
// wait for minutes.
class StoppedSmtpClientTest : public SmtpClientTest {
 protected:
  // Begins a message; returns when it is held at that step.
  std::future<absl::StatusOr<Answer>> SendUpTo(const Client& client, const std::string& operation,
                                               const std::string& point = "arrival") {
    SetKnob({{"operation", operation}, {"hold", true}, {"point", point}});
    auto sending = std::async(std::launch::async, [&client] { return client.Send(Email()); });
    EXPECT_EQ(knobs_.WaitUntilHeld(operation, 1, std::chrono::minutes(1)), 1) << operation;
    return sending;
  }

  Client NewClient() {
    if (!server_) Serve();
    return *Client::Create({.url = "smtp://127.0.0.1:" + std::to_string(server_->port())});
  }
};

TEST_F(StoppedSmtpClientTest, GivesBackWhatTheServerWasNotAskedToTake) {
  for (const char* operation : {"smtp.connect", "smtp.mail", "smtp.rcpt"}) {
    const Client client = NewClient();
    auto sending = SendUpTo(client, operation);
    client.Stop(std::chrono::hours(1));
    const Answer answer = *sending.get();
    EXPECT_EQ(answer.verdict, Verdict::kNotNow) << operation;
    EXPECT_EQ(answer.reason, "smtp_stopped") << operation;
    EXPECT_TRUE(answer.given_back) << operation;
    knobs_.Release(operation);
  }
  EXPECT_TRUE(Mails().empty());
}

TEST_F(StoppedSmtpClientTest, BeginsNothingNew) {
  const Client client = NewClient();
  client.Stop(std::chrono::hours(1));
  EXPECT_TRUE(client.Send(Email())->given_back);
  EXPECT_TRUE(Mails().empty());
}

TEST_F(StoppedSmtpClientTest, LetsAServerThatHasTheMessageSayThatItTookIt) {
  const Client client = NewClient();
  auto sending = SendUpTo(client, "smtp.data");
  client.Stop(std::chrono::hours(1));
  // Time enough to give up.
  EXPECT_EQ(sending.wait_for(std::chrono::milliseconds(1500)), std::future_status::timeout);
  knobs_.Release("smtp.data");
  EXPECT_EQ(sending.get()->verdict, Verdict::kAccepted);
  EXPECT_EQ(Mails().size(), 1u);
}

TEST_F(StoppedSmtpClientTest, IsUnsureOfWhatAServerHasThatSaysNothingInTime) {
  const Client client = NewClient();
  auto sending = SendUpTo(client, "smtp.data", "answer");
  client.Stop(std::chrono::milliseconds(0));
  const Answer answer = *sending.get();
  EXPECT_EQ(answer.verdict, Verdict::kNotNow);
  EXPECT_EQ(answer.reason, "smtp_broken_off");
  EXPECT_FALSE(answer.given_back);
  EXPECT_EQ(Mails().size(), 1u);
}

TEST_F(StoppedSmtpClientTest, DoesNotWaitForAGoodbye) {
  const Client client = NewClient();
  auto sending = SendUpTo(client, "smtp.quit");
  client.Stop(std::chrono::hours(1));
  EXPECT_EQ(sending.get()->verdict, Verdict::kAccepted);
  EXPECT_EQ(Mails().size(), 1u);
}

TEST_F(SmtpClientTest, SendsNothingThatWouldBreakOut) {
  Serve();
  Message message = Email();
  message.to = "jordan@example.org>\r\nRCPT TO:<all@example.org";
  const auto client =
      Client::Create({.url = "smtp://127.0.0.1:" + std::to_string(server_->port())});
  EXPECT_TRUE(absl::IsInvalidArgument(client->Send(message).status()));
  EXPECT_TRUE(Mails().empty());
}

TEST(SmtpClient, RefusesWhatIsNoUrlAndDoesNotRepeatIt) {
  for (const char* url : {"", "smtp://", "smtp://us:secret@host:port", "http//x"}) {
    const absl::Status status = Client::Create({.url = url}).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << url;
    EXPECT_THAT(std::string(status.message()), testing::Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace fsft::smtp
