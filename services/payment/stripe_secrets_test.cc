#include "services/payment/stripe_secrets.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace fsft::payment {
namespace {

class StripeSecretsTest : public testing::Test {
 protected:
  ~StripeSecretsTest() override { std::remove(path_.c_str()); }

  void Write(const std::string& key) const {
    std::ofstream(path_ + ".new") << key;
    std::rename((path_ + ".new").c_str(), path_.c_str());
  }
  std::string KeyAfter(const std::string& key) {
    Write(key);
    return secrets_.ApiKey().Reveal();
  }

  const std::string path_ = testing::TempDir() + "stripe_secrets_test";
  metrics::Registry registry_;
  StripeSecrets secrets_{
      (Write("sk_test_1"), *config::Load({"FSFT_STRIPE_SECRET_KEY_FILE=" + path_,
                                          "FSFT_STRIPE_WEBHOOK_SECRETS=whsec_1,whsec_2"})),
      registry_, std::chrono::seconds(0)};
};

TEST_F(StripeSecretsTest, TakeANewKeyOfTheSameMode) {
  EXPECT_EQ(secrets_.ApiKey().Reveal(), "sk_test_1");
  EXPECT_EQ(KeyAfter("sk_test_2"), "sk_test_2");
  EXPECT_EQ(KeyAfter("rk_test_3"), "rk_test_3");
}

TEST_F(StripeSecretsTest, TakeNoKeyOfTheOtherMode) {
  EXPECT_EQ(KeyAfter("sk_live_1"), "sk_test_1");
  EXPECT_EQ(KeyAfter("rk_live_1"), "sk_test_1");
  EXPECT_EQ(KeyAfter(""), "sk_test_1");
  EXPECT_EQ(KeyAfter("sk_test_2"), "sk_test_2");
}

TEST_F(StripeSecretsTest, ThatCameWithoutAFileStay) { EXPECT_EQ(secrets_.Webhooks().size(), 2u); }

}  // namespace
}  // namespace fsft::payment
