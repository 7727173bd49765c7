#include "shared/rpc/tls.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <fstream>

#include "shared/rpc/status.h"
#include "shared/rpc/test_suite.h"

namespace fsft::rpc {
namespace {

using testing::HasSubstr;

class TlsTest : public RpcTest {
 protected:
  // A client that shows no certificate, or speaks no TLS at all.
  absl::Status PutWith(const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("intake");
    std::vector<std::shared_ptr<grpc::Channel>> channels{
        grpc::CreateCustomChannel(target_, credentials, arguments)};
    return Put(OrdersClient(std::make_shared<const Channels>(std::move(channels), Repeats())));
  }

  // A connection made now, with what is in the directory now.
  bool CanConnect(const std::string& name) { return Put(ClientAs(name)).ok(); }

  // The channels take turns.
  static bool PutOverEveryChannel(const OrdersClient& client) {
    for (int i = 0; i < ChannelsOptions().channels; ++i) {
      if (!Put(client).ok()) return false;
    }
    return true;
  }

  // Waits until one can; false when it takes too long.
  bool ConnectsInTheEnd(const std::string& name) {
    return ChannelsAs(name)->all().front()->WaitForConnected(std::chrono::system_clock::now() +
                                                             kPatience);
  }
};

TEST_F(TlsTest, RefusesAClientWithoutACertificate) {
  StartServer();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority_.Pem();
  EXPECT_EQ(PutWith(grpc::SslCredentials(options)).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, RefusesAClientThatSpeaksPlainly) {
  StartServer();
  EXPECT_EQ(PutWith(grpc::InsecureChannelCredentials()).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, RefusesACertificateOfAnotherAuthority) {
  StartServer();
  const TestAuthority foreign;
  foreign.Issue(Directory("payment"), "payment", &authority_);
  EXPECT_EQ(Put(ClientAs("payment")).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, DoesNotTalkToAServerOfAnotherName) {
  authority_.Issue(Directory("fulfillment"), "fulfillment");
  options_.tls_directory = Directory("fulfillment");
  StartServer();
  EXPECT_EQ(Put(ClientAs("payment")).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, DoesNotTalkToAServerOfAnotherAuthority) {
  StartServer();
  const TestAuthority foreign;
  authority_.Issue(Directory("payment"), "payment", &foreign);
  EXPECT_EQ(Put(ClientAs("payment")).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, PicksUpAReplacedCertificateWithoutARestart) {
  const TestAuthority next;
  next.Issue(Directory("intake-next"), "intake");
  next.Issue(Directory("payment-next"), "payment");
  PointTo(Directory("current"), Directory("intake"));
  options_.tls_directory = Directory("current");
  StartServer();
  const OrdersClient connected_before = ClientAs("payment");
  ASSERT_TRUE(PutOverEveryChannel(connected_before));
  ASSERT_FALSE(CanConnect("payment-next"));

  PointTo(Directory("current"), Directory("intake-next"));

  EXPECT_TRUE(ConnectsInTheEnd("payment-next"));
  EXPECT_TRUE(CanConnect("payment-next"));
  EXPECT_TRUE(PutOverEveryChannel(connected_before))
      << "a connection outlives the certificate it began with";
}

TEST_F(TlsTest, AClientPicksUpItsReplacedCertificateToo) {
  StartServer();
  const TestAuthority foreign;
  foreign.Issue(Directory("old"), "payment", &authority_);
  authority_.Issue(Directory("new"), "payment");
  PointTo(Directory("payment"), Directory("old"));
  const auto channels = ChannelsAs("payment");
  ASSERT_FALSE(Put(OrdersClient(channels)).ok());

  PointTo(Directory("payment"), Directory("new"));

  EXPECT_TRUE(
      channels->all().front()->WaitForConnected(std::chrono::system_clock::now() + kPatience));
}

TEST_F(TlsTest, NamesTheFileThatCannotBeUsed) {
  EXPECT_TRUE(CheckTlsFiles(Directory("intake")).ok());
  for (const char* file : {"ca.crt", "tls.crt", "tls.key"}) {
    const auto directory = Directory(std::string("without-") + file);
    authority_.Issue(directory, "intake");
    std::ofstream(directory / file) << "nothing of use\n";
    EXPECT_THAT(std::string(CheckTlsFiles(directory).message()), HasSubstr(file));
    std::filesystem::remove(directory / file);
    EXPECT_THAT(std::string(CheckTlsFiles(directory).message()), HasSubstr(file));
  }
}

TEST_F(TlsTest, RefusesAKeyOfAnotherCertificate) {
  authority_.Issue(Directory("other"), "intake");
  std::filesystem::copy_file(Directory("other") / "tls.key", Directory("intake") / "tls.key",
                             std::filesystem::copy_options::overwrite_existing);
  const absl::Status status = CheckTlsFiles(Directory("intake"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("tls.key"));
}

}  // namespace
}  // namespace fsft::rpc
