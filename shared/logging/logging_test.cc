#include "shared/logging/logging.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "shared/logging/glog.h"
#include "shared/logging/json_line.h"
#include "shared/time/clock.h"

namespace fsft::logging {
namespace {

using nlohmann::json;

// The lines that `body` writes to stderr; each must be JSON.
template <typename Body>
std::vector<json> Lines(const Body& body) {
  testing::internal::CaptureStderr();
  body();
  std::istringstream text(testing::internal::GetCapturedStderr());
  std::vector<json> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
  return lines;
}

class Logging : public testing::Test {
 protected:
  void SetUp() override { Init("payment", Level::kInfo); }
};

TEST_F(Logging, WritesOneJsonLineWithFieldsAndContext) {
  const auto before = time::SystemClock().Now();
  const ScopedContext scope({"req-1", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"});
  const auto lines = Lines([] {
    Info("checkout created", {{"payment_id", "p1"}, {"amount", 989}, {"replay", false}});
  });
  ASSERT_EQ(lines.size(), 1u);
  json line = lines[0];
  const auto written = time::ParseRfc3339(line["time"].get<std::string>());
  ASSERT_TRUE(written.ok());
  EXPECT_GE(*written, before - std::chrono::microseconds(1));
  EXPECT_LE(*written, time::SystemClock().Now());
  line.erase("time");
  EXPECT_EQ(line, json::parse(R"({"severity":"info","program":"payment",
      "message":"checkout created","request_id":"req-1",
      "trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",
      "payment_id":"p1","amount":989,"replay":false})"));
}

TEST_F(Logging, NamesTheOrderOnceAndThatOfTheLineFirst) {
  const ScopedContext scope({"req-1", "", "p1"});
  testing::internal::CaptureStderr();
  Info("of the scope");
  Info("of the line", {{"payment_id", "p2"}});
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find(R"("payment_id":"p1")"), std::string::npos);
  EXPECT_NE(text.find(R"("payment_id":"p2")"), std::string::npos);
  EXPECT_EQ(text.find("p1"), text.rfind("p1"));
}

TEST_F(Logging, LeavesOutAnEmptyContext) {
  const auto lines = Lines([] { Warning("slow"); });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["severity"], "warning");
  EXPECT_FALSE(lines[0].contains("request_id"));
  EXPECT_FALSE(lines[0].contains("trace_id"));
}

TEST_F(Logging, FiltersByLevel) {
  const auto say_all = [] {
    Debug("debug");
    Info("info");
    Warning("warning");
    Error("error");
  };
  const std::pair<Level, size_t> cases[] = {
      {Level::kDebug, 4}, {Level::kInfo, 3}, {Level::kWarning, 2}, {Level::kError, 1}};
  for (const auto& [level, count] : cases) {
    Init("payment", level);
    EXPECT_EQ(Lines(say_all).size(), count);
    EXPECT_TRUE(Enabled(level));
  }
  EXPECT_FALSE(Enabled(Level::kWarning));
}

TEST_F(Logging, KeepsHostileTextInsideItsString) {
  const std::string text = "a\"}\n{\"severity\":\"error\xff";
  const auto lines = Lines([&text] { Info(text, {{"detail", text}}); });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["message"], "a\"}\n{\"severity\":\"error\ufffd");
  EXPECT_EQ(lines[0]["detail"], lines[0]["message"]);
}

TEST_F(Logging, CutsLongTextsAndStaysJson) {
  const std::string text(1'000'000, 'x');
  const auto lines = Lines([&text] { Info(text, {{"detail", text}, {"n", 1}}); });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["message"], text.substr(0, JsonLine::kLongestText));
  EXPECT_EQ(lines[0]["detail"], lines[0]["message"]);
  EXPECT_EQ(lines[0]["n"], 1);
}

TEST_F(Logging, WritesWhatLibrariesLogInTheSameForm) {
  const ScopedContext scope({"req-2", ""});
  const auto lines = Lines([] { LOG(WARNING) << "from a library"; });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["severity"], "warning");
  EXPECT_EQ(lines[0]["message"], "from a library");
  EXPECT_EQ(lines[0]["request_id"], "req-2");
  EXPECT_EQ(lines[0]["source"].get<std::string>().rfind("logging_test.cc:", 0), 0u);
}

TEST_F(Logging, FiltersLibrariesToo) {
  Init("payment", Level::kError);
  EXPECT_EQ(Lines([] { LOG(WARNING) << "from a library"; }).size(), 0u);
}

TEST_F(Logging, DiesOfABrokenInvariantWithOneJsonLine) {
  const std::string one_line =
      "^\\{\"time\":\"[^\"]*\",\"severity\":\"fatal\",.*1 == 2.*as it must.*\\}\n$";
  const auto die = [] { CHECK(1 == 2) << "as it must"; };
  EXPECT_EXIT(die(), testing::KilledBySignal(SIGABRT), one_line);
}

TEST_F(Logging, NeverMixesTheLinesOfThreads) {
  constexpr int kThreads = 4, kEach = 500;
  const auto lines = Lines([] {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([t] {
        const ScopedContext scope({"thread-" + std::to_string(t), ""});
        for (int i = 0; i < kEach; ++i) Info("line", {{"t", t}, {"i", i}});
      });
    }
  });
  ASSERT_EQ(lines.size(), static_cast<size_t>(kThreads * kEach));
  std::set<std::pair<int, int>> seen;
  for (const json& line : lines) {
    EXPECT_EQ(line["request_id"], "thread-" + std::to_string(line["t"].get<int>()));
    seen.emplace(line["t"], line["i"]);
  }
  EXPECT_EQ(seen.size(), lines.size());
}

}  // namespace
}  // namespace fsft::logging
