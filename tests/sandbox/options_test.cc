#include "tests/sandbox/options.h"

#include <gtest/gtest.h>

#include <fstream>

namespace fsft::sandbox {
namespace {

TEST(Options, HaveUsableDefaults) {
  const absl::StatusOr<Options> options = ParseOptions({});
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->port, 8090);
  EXPECT_TRUE(options->record);
}

TEST(Options, AreReadInBothForms) {
  const absl::StatusOr<Options> options =
      ParseOptions({"--port", "0", "--record=off", "--public-url=http://sandbox.test/",
                    "--webhook-retry-ms", "50", "--stripe-webhook-events=a,b"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->port, 0);
  EXPECT_FALSE(options->record);
  EXPECT_EQ(options->public_url, "http://sandbox.test");
  EXPECT_EQ(options->retry_base, std::chrono::milliseconds(50));
  EXPECT_EQ(options->stripe.events, (std::set<std::string>{"a", "b"}));
}

TEST(Options, ReadASecretFromAFileWithoutItsLineFeed) {
  const std::string path = testing::TempDir() + "sandbox-options-secret";
  std::ofstream(path) << "whsec_1\n";
  const absl::StatusOr<Options> options =
      ParseOptions({"--stripe-webhook-url=http://h/w", "--stripe-webhook-secret-file", path});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->stripe.secret, "whsec_1");
}

TEST(Options, AreRefusedWhenWrong) {
  const std::vector<std::vector<std::string>> wrong = {{"--prot=1"},
                                                       {"--port"},
                                                       {"--port=x"},
                                                       {"--port=65536"},
                                                       {"--record=yes"},
                                                       {"port"},
                                                       {"--stripe-webhook-url=ftp://h"},
                                                       {"--stripe-webhook-url=http://h"},
                                                       {"--lob-webhook-secret-file=/nowhere"}};
  for (const auto& arguments : wrong) {
    EXPECT_FALSE(ParseOptions(arguments).ok()) << arguments[0];
  }
}

}  // namespace
}  // namespace fsft::sandbox
