#include "shared/secrets/live_secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fsft::secrets {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kVariable[] = "FSFT_STRIPE_WEBHOOK_SECRETS";

class LiveSecretsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "live-secrets-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    path_ = name + "/secrets";
    Replace("whsec_1\n");
  }
  void TearDown() override {
    std::filesystem::remove_all(std::filesystem::path(path_).parent_path());
  }
  void Replace(const std::string& text) {
    std::ofstream(path_ + ".new") << text;
    std::filesystem::rename(path_ + ".new", path_);
  }
  LiveSecrets Open(const std::string& line) {
    return {*config::Load({line}),
            registry_,
            {.variable = kVariable,
             .pick = [](const config::Config& config) { return config.stripe_webhook_secrets; },
             .check = [this](const config::Config&) { return verdict_; },
             .look_every = std::chrono::seconds(0)}};
  }
  LiveSecrets OpenFile() { return Open(std::string(kVariable) + "_FILE=" + path_); }

  static std::vector<std::string> Shown(LiveSecrets& secrets) {
    std::vector<std::string> shown;
    for (const config::Secret& secret : secrets.Current()) shown.push_back(secret.Reveal());
    return shown;
  }
  std::string Stale() const {
    return "secret_file_stale{variable=\"" + std::string(kVariable) + "\"} ";
  }

  metrics::Registry registry_;
  absl::Status verdict_;
  std::string path_;
};

TEST_F(LiveSecretsTest, StayAsTheyAreWithoutAFile) {
  LiveSecrets secrets = Open(std::string(kVariable) + "=whsec_a,whsec_b");
  EXPECT_THAT(Shown(secrets), ElementsAre("whsec_a", "whsec_b"));
}

TEST_F(LiveSecretsTest, FollowTheirFile) {
  LiveSecrets secrets = OpenFile();
  EXPECT_THAT(Shown(secrets), ElementsAre("whsec_1"));
  Replace("whsec_1,whsec_2\n");
  EXPECT_THAT(Shown(secrets), ElementsAre("whsec_1", "whsec_2"));
  Replace("whsec_2");
  EXPECT_THAT(Shown(secrets), ElementsAre("whsec_2"));
}

TEST_F(LiveSecretsTest, MissNoChangeSinceTheConfigurationWasRead) {
  LiveSecrets secrets = OpenFile();
  Replace("whsec_2");
  EXPECT_THAT(Shown(secrets), ElementsAre("whsec_2"));
}

TEST_F(LiveSecretsTest, StayInForceWhileTheFileIsNotRight) {
  LiveSecrets secrets = OpenFile();
  for (const char* text : {"", "two words", "whsec_1,,whsec 2"}) {
    Replace(text);
    EXPECT_THAT(Shown(secrets), ElementsAre("whsec_1")) << text;
    EXPECT_THAT(registry_.Serialize(), HasSubstr(Stale() + "1"));
  }
  std::filesystem::remove(path_);
  EXPECT_THAT(Shown(secrets), ElementsAre("whsec_1"));
  Replace("whsec_3");
  EXPECT_THAT(Shown(secrets), ElementsAre("whsec_3"));
  EXPECT_THAT(registry_.Serialize(), HasSubstr(Stale() + "0"));
}

TEST_F(LiveSecretsTest, StayInForceWhenTheirUserDoesNotWantTheNewOnes) {
  LiveSecrets secrets = OpenFile();
  verdict_ = absl::InvalidArgumentError("of the other mode");
  Replace("whsec_2");
  EXPECT_THAT(Shown(secrets), ElementsAre("whsec_1"));
}

TEST_F(LiveSecretsTest, AreLookedAtOnceInAWhileOnly) {
  LiveSecrets secrets(
      *config::Load({std::string(kVariable) + "_FILE=" + path_}), registry_,
      {.variable = kVariable,
       .pick = [](const config::Config& config) { return config.stripe_webhook_secrets; },
       .look_every = std::chrono::hours(1)});
  EXPECT_THAT(Shown(secrets), ElementsAre("whsec_1"));
  Replace("whsec_2");
  EXPECT_THAT(Shown(secrets), ElementsAre("whsec_1"));
}

}  // namespace
}  // namespace fsft::secrets
