// The gateway's channels over real TLS, to servers that answer what the services may.
#include "gateway/rpc_backend.h"

#include <gtest/gtest.h>

#include "fightsftickets/fulfillment/v1/letters.grpc.pb.h"
#include "shared/config/config.h"
#include "shared/rpc/server.h"
#include "shared/rpc/status.h"
#include "shared/rpc/test_certificates.h"

namespace fsft::gateway {
namespace {

// A letter of as many bytes as the test wants.
class Letters final : public fulfillment::LettersService::Service {
 public:
  grpc::Status GetLetter(grpc::ServerContext*, const fulfillment::GetLetterRequest*,
                         fulfillment::GetLetterResponse* response) override {
    response->set_pdf(std::string(bytes, 'x'));
    return grpc::Status::OK;
  }

  size_t bytes = 0;
};

class RpcBackendTest : public testing::Test {
 protected:
  RpcBackendTest() {
    authority_.Issue(temporary_.path() / "fulfillment", "fulfillment");
    authority_.Issue(temporary_.path() / "gateway", "gateway");
    rpc::ServerOptions options;
    options.address = "127.0.0.1:0";
    options.tls_directory = temporary_.path() / "fulfillment";
    server_ = *rpc::Server::Start(options, {&letters_});

    config::Config config;
    config.tls_dir = temporary_.path() / "gateway";
    config.fulfillment_target = "127.0.0.1:" + std::to_string(server_->port());
    // Nobody is there; nobody is called.
    config.intake_target = config.payment_target = "127.0.0.1:1";
    backend_ = *OpenRpcBackend(config);
  }

  absl::StatusOr<fulfillment::GetLetterResponse> GetLetter(size_t bytes) {
    letters_.bytes = bytes;
    return backend_->GetLetter({}, rpc::In(std::chrono::seconds(20)));
  }

  rpc::TemporaryDirectory temporary_;
  rpc::TestAuthority authority_;
  Letters letters_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<Backend> backend_;
};

TEST_F(RpcBackendTest, TakesALetterAsLargeAsThePrinterDoes) {
  const auto letter = GetLetter(5 << 20);
  ASSERT_TRUE(letter.ok()) << letter.status();
  EXPECT_EQ(letter->pdf().size(), 5 << 20);
}

TEST_F(RpcBackendTest, ALargerAnswerIsAnErrorAndNoCrash) {
  const absl::Status status = GetLetter(7 << 20).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(rpc::DetailOf(status).reason(), "resource_exhausted");
  EXPECT_TRUE(GetLetter(1).ok()) << "the connection goes on";
}

}  // namespace
}  // namespace fsft::gateway
