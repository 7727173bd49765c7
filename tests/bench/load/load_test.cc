#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/bench/load/answer.h"
#include "tests/bench/load/findings.h"
#include "tests/bench/load/requests.h"

namespace fsft::bench {
namespace {

// A file of the test's own, gone with it.
class File {
 public:
  explicit File(const std::string& text = "") {
    close(mkstemp(path_.data()));
    std::ofstream(path_) << text;
  }
  ~File() { std::filesystem::remove(path_); }

  const std::string& path() const { return path_; }

 private:
  std::string path_ = testing::TempDir() + "loadXXXXXX";
};

TEST(RequestsTest, AreReadAsTheyWereWritten) {
  const File file("3\na\nb5\nGET /");
  const auto requests = Requests::Read(file.path());
  ASSERT_TRUE(requests.ok()) << requests.status();
  ASSERT_EQ(requests->size(), 2);
  EXPECT_EQ((*requests)[0], "a\nb");
  EXPECT_EQ((*requests)[1], "GET /");
}

TEST(RequestsTest, AFileThatEndsTooSoonIsRefused) {
  for (const char* text : {"", "3\nab", "x\nabc", "3", "2\nabc"}) {
    EXPECT_FALSE(Requests::Read(File(text).path()).ok()) << text;
  }
  EXPECT_FALSE(Requests::Read("/nonexistent").ok());
}

TEST(AnswerTest, IsCompleteWithTheLastByteOfItsBody) {
  const std::string text =
      "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\nConnection: close\r\n\r\nbusy";
  Answer answer;
  for (const char& c : text) {
    EXPECT_FALSE(answer.complete());
    ASSERT_TRUE(answer.Feed({&c, 1}));
  }
  EXPECT_TRUE(answer.complete());
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.body(), "busy");
  EXPECT_TRUE(answer.last());
}

TEST(AnswerTest, WithoutALengthOrWithTooManyBytesIsNone) {
  EXPECT_FALSE(Answer().Feed("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_FALSE(Answer().Feed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"));
  EXPECT_FALSE(Answer().Feed("HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n"));
}

TEST(FindingsTest, PercentilesAreOfEachStatusByItself) {
  using std::chrono::milliseconds;
  const File bodies;
  nlohmann::json json;
  {
    Findings findings(bodies.path());
    for (int i = 1; i <= 100; ++i) findings.Add(200, milliseconds(i), "order");
    findings.Add(503, milliseconds(7), "busy");
    findings.AddError();
    json = nlohmann::json::parse(findings.ToJson(milliseconds(500), 102));
  }
  EXPECT_EQ(json["sent"], 102);
  EXPECT_EQ(json["errors"], 1);
  EXPECT_EQ(json["seconds"], 0.5);
  EXPECT_EQ(json["answers"]["200"]["count"], 100);
  EXPECT_NEAR(json["answers"]["200"]["p50"], 51, 1e-6);
  EXPECT_NEAR(json["answers"]["200"]["p99"], 100, 1e-6);
  EXPECT_NEAR(json["answers"]["503"]["p95"], 7, 1e-6);
  std::ifstream file(bodies.path());
  EXPECT_EQ(std::count(std::istreambuf_iterator<char>(file), {}, '\n'), 100);
}

}  // namespace
}  // namespace fsft::bench
