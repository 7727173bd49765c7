#include "shared/app/app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <vector>

namespace fsft::app {
namespace {

using testing::AllOf;
using testing::ExitedWithCode;
using testing::HasSubstr;

constexpr char kProgram[] = "intake";

absl::Status Nothing(App&) { return absl::OkStatus(); }

int RunMain(std::vector<std::string> arguments, const Body& body = Nothing,
            std::initializer_list<std::string_view> required = {}) {
  arguments.insert(arguments.begin(), kProgram);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return Main(static_cast<int>(argv.size()), argv.data(), kProgram, required, body);
}

// Main() starts the logger, which is done once per process: these tests run it in a child. The
// pattern is matched with the child's standard error.
class MainTest : public testing::Test {
 protected:
  MainTest() {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    setenv("FSFT_OPS_ADDRESS", "127.0.0.1:0", 1);
  }
  ~MainTest() override { unsetenv("FSFT_OPS_ADDRESS"); }
};
using MainDeathTest = MainTest;

TEST_F(MainTest, HelpListsTheVariables) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(RunMain({"--help"}), 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(),
              AllOf(HasSubstr("usage: intake"), HasSubstr("FSFT_OPS_ADDRESS")));
}

TEST_F(MainTest, VersionNamesProgramAndVersion) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(RunMain({"--version"}), 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), testing::MatchesRegex("intake .*[0-9]+\n"));
}

TEST_F(MainTest, AnUnknownArgumentIsAUsageError) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(RunMain({"--port=80"}), 2);
  EXPECT_EQ(RunMain({"--help", "me"}), 2);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("usage: intake"));
}

TEST_F(MainTest, AWrongConfigurationNamesEveryVariableAtFault) {
  setenv("FSFT_DB_POOL_SIZE", "many", 1);
  setenv("FSFT_TYPO", "1", 1);
  testing::internal::CaptureStderr();
  EXPECT_EQ(RunMain({}), 2);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("FSFT_DB_POOL_SIZE"), HasSubstr("FSFT_TYPO")));
  unsetenv("FSFT_DB_POOL_SIZE");
  unsetenv("FSFT_TYPO");
}

TEST_F(MainTest, AMissingVariableIsNamed) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(RunMain({}, Nothing, {"FSFT_DATABASE_URL", "FSFT_TLS_DIR"}), 2);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("FSFT_DATABASE_URL"), HasSubstr("FSFT_TLS_DIR")));
}

TEST_F(MainDeathTest, ASignalEndsTheWaitAndTheProgramWell) {
  EXPECT_EXIT(std::exit(RunMain({},
                                [](App& app) {
                                  kill(getpid(), SIGTERM);
                                  app.WaitForSignal();
                                  return absl::OkStatus();
                                })),
              ExitedWithCode(0), "SIGTERM");
}

TEST_F(MainDeathTest, AWaitOfLimitedTimeTellsWhetherASignalCame) {
  EXPECT_EXIT(std::exit(RunMain({},
                                [](App& app) {
                                  const bool none = app.SignalWithin(std::chrono::milliseconds(1));
                                  kill(getpid(), SIGTERM);
                                  const bool one = app.SignalWithin(std::chrono::minutes(1));
                                  return !none && one ? absl::OkStatus()
                                                      : absl::InternalError("not as promised");
                                })),
              ExitedWithCode(0), "stopped");
}

TEST_F(MainDeathTest, ASecondSignalDoesNotDisturbTheShutdown) {
  EXPECT_EXIT(std::exit(RunMain({},
                                [](App& app) {
                                  kill(getpid(), SIGINT);
                                  app.WaitForSignal();
                                  kill(getpid(), SIGTERM);
                                  return absl::OkStatus();
                                })),
              ExitedWithCode(0), "SIGINT");
}

TEST_F(MainDeathTest, AFailureIsLoggedAndIsExitCodeOne) {
  EXPECT_EXIT(std::exit(RunMain({}, [](App&) { return absl::UnavailableError("no database"); })),
              ExitedWithCode(1), "no database");
}

TEST_F(MainDeathTest, AnExceptionIsAFailureToo) {
  EXPECT_EXIT(std::exit(RunMain(
                  {}, [](App&) -> absl::Status { throw std::runtime_error("out of range"); })),
              ExitedWithCode(1), "out of range");
}

TEST_F(MainDeathTest, TheOpsPortIsOpenBeforeTheBodyRuns) {
  EXPECT_EXIT(std::exit(RunMain({},
                                [](App& app) {
                                  httplib::Client http("127.0.0.1", app.ops().port());
                                  const auto alive = http.Get("/health");
                                  const auto ready = http.Get("/health/ready");
                                  return alive && alive->status == 200 && ready &&
                                                 ready->status == 503
                                             ? absl::OkStatus()
                                             : absl::InternalError("not as promised");
                                })),
              ExitedWithCode(0), "ops port open");
}

}  // namespace
}  // namespace fsft::app
