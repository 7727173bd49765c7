#include "gateway/http/body_reader.h"

#include <gtest/gtest.h>

namespace fsft::gateway::http {
namespace {

constexpr Framing kChunked{.chunked = true, .length = {}};

class BodyReaderTest : public testing::Test {
 protected:
  std::optional<BodyFailure> Read(const std::string& input, const Framing& framing,
                                  size_t limit = 1000) {
    body_.clear();
    stream_ = httplib::detail::BufferStream();
    stream_.write(input.data(), input.size());
    return ReadBody(stream_, framing, limit, share_, body_);
  }

  BodyMemory memory_{256 << 10};
  BodyMemory::Share share_{memory_};
  httplib::detail::BufferStream stream_;
  std::string body_;
};

TEST_F(BodyReaderTest, ReadsAsMuchAsIsAnnouncedAndNoMore) {
  EXPECT_FALSE(Read("helloGET /", {.chunked = false, .length = 5}));
  EXPECT_EQ(body_, "hello");
  EXPECT_EQ(Read("hell", {.chunked = false, .length = 5}), BodyFailure::kBroken);
  EXPECT_EQ(Read("", {.chunked = false, .length = 1001}), BodyFailure::kTooLarge);
}

TEST_F(BodyReaderTest, ReadsChunksTheirExtensionsAndTrailers) {
  EXPECT_FALSE(Read("3\r\nabc\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\n\r\n", kChunked));
  EXPECT_EQ(body_, "abc0123456789");
  EXPECT_FALSE(Read("0\r\n\r\n", kChunked));
  EXPECT_FALSE(Read("1\r\na\r\n0\r\nX-Checksum: 5\r\nY: z\r\n\r\n", kChunked));
  EXPECT_EQ(body_, "a");
}

TEST_F(BodyReaderTest, RefusesWhatTwoReadersCouldReadInTwoWays) {
  for (const char* bad : {
           "-1\r\na\r\n0\r\n\r\n",
           "-fffffffffffffffb\r\nabcde\r\n0\r\n\r\n",
           "+1\r\na\r\n0\r\n\r\n",
           " 1\r\na\r\n0\r\n\r\n",
           "1 \r\na\r\n0\r\n\r\n",
           "0x1\r\na\r\n0\r\n\r\n",
           "g\r\na\r\n0\r\n\r\n",
           "\r\na\r\n0\r\n\r\n",
           ";x\r\na\r\n0\r\n\r\n",
           "10000000000000001\r\na\r\n0\r\n\r\n",
           "1\na\n0\n\n",
           "1\r\na\r\n0\r\n",
           "1;\rx\r\na\r\n0\r\n\r\n",
           "1\r\nab\r\n0\r\n\r\n",
           "3\r\nab\r\n0\r\n\r\n",
           "1\r\na0\r\n\r\n",
           "",
       }) {
    EXPECT_EQ(Read(bad, kChunked), BodyFailure::kBroken) << bad;
  }
}

TEST_F(BodyReaderTest, AChunkThatWouldBeTooLargeIsNotWaitedFor) {
  EXPECT_EQ(Read("3e9\r\n", kChunked), BodyFailure::kTooLarge);
  EXPECT_EQ(Read("ffffffffffffffff\r\n", kChunked), BodyFailure::kTooLarge);
  EXPECT_EQ(Read("3\r\nabc\r\n3e6\r\n", kChunked), BodyFailure::kTooLarge);
}

// Extensions and trailers are input that no limit of a body counts.
TEST_F(BodyReaderTest, LinesAreBoundedToo) {
  EXPECT_EQ(Read("1;" + std::string(2000, 'x') + "\r\na\r\n0\r\n\r\n", kChunked),
            BodyFailure::kBroken);
  std::string chunks;
  std::string trailers = "0\r\n";
  for (int i = 0; i < 100; ++i) {
    chunks += "1;" + std::string(500, 'x') + "\r\na\r\n";
    trailers += "X: " + std::string(500, 'x') + "\r\n";
  }
  EXPECT_EQ(Read(chunks + "0\r\n\r\n", kChunked), BodyFailure::kBroken);
  EXPECT_EQ(Read(trailers + "\r\n", kChunked), BodyFailure::kBroken);

  std::string small;
  for (int i = 0; i < 1000; ++i) small += "1\r\na\r\n";
  EXPECT_FALSE(Read(small + "0\r\n\r\n", kChunked));
  EXPECT_EQ(body_.size(), 1000u);
}

TEST_F(BodyReaderTest, LargeBodiesShareWhatThereIsAndSmallOnesAreAlwaysTaken) {
  BodyMemory::Share other(memory_);
  ASSERT_TRUE(other.GrowTo(200 << 10));
  const std::string small(16 << 10, 's');
  const std::string large(100 << 10, 'l');
  const auto framing = [](const std::string& body) {
    return Framing{.chunked = false, .length = body.size()};
  };
  EXPECT_FALSE(Read(small, framing(small), 1 << 20));
  EXPECT_EQ(Read(large, framing(large), 1 << 20), BodyFailure::kNoRoom);
  other.GiveBack();
  EXPECT_FALSE(Read(large, framing(large), 1 << 20));
  EXPECT_FALSE(other.GrowTo(200 << 10));
  EXPECT_FALSE(share_.GrowForWork(large.size()));
  EXPECT_TRUE(share_.GrowForWork(small.size()));
  share_.GiveBack();
  EXPECT_TRUE(other.GrowTo(200 << 10));
}

}  // namespace
}  // namespace fsft::gateway::http
