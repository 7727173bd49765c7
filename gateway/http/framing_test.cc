#include "gateway/http/framing.h"

#include <gtest/gtest.h>

namespace fsft::gateway::http {
namespace {

std::optional<Framing> Read(std::vector<Header> headers) {
  Request request;
  request.headers = std::move(headers);
  return ReadFraming(request);
}

TEST(Framing, NoHeaderMeansNoBody) {
  const auto framing = Read({{"Host", "x"}});
  ASSERT_TRUE(framing);
  EXPECT_FALSE(framing->HasBody());
  EXPECT_FALSE(framing->Stated());
}

TEST(Framing, ReadsLengthAndChunkedInAnyCase) {
  const auto counted = Read({{"content-length", "12"}});
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->length, 12u);
  EXPECT_TRUE(counted->HasBody());

  const auto chunked = Read({{"TRANSFER-ENCODING", "Chunked"}});
  ASSERT_TRUE(chunked);
  EXPECT_TRUE(chunked->HasBody());
}

TEST(Framing, ZeroLengthIsStatedButEmpty) {
  const auto framing = Read({{"Content-Length", "0"}});
  ASSERT_TRUE(framing);
  EXPECT_TRUE(framing->Stated());
  EXPECT_FALSE(framing->HasBody());
}

TEST(Framing, EqualLengthsAreOneLength) {
  const auto framing = Read({{"Content-Length", "7"}, {"Content-Length", "7"}});
  ASSERT_TRUE(framing);
  EXPECT_EQ(framing->length, 7u);
}

TEST(Framing, RefusesWhateverCanBeReadInTwoWays) {
  const std::vector<std::vector<Header>> ambiguous = {
      {{"Content-Length", "5"}, {"Content-Length", "6"}},
      {{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}},
      {{"Transfer-Encoding", "chunked"}, {"Content-Length", "0"}},
      {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}},
      {{"Transfer-Encoding", "gzip, chunked"}},
      {{"Transfer-Encoding", "identity"}},
      {{"Content-Length", "5, 5"}},
      {{"Content-Length", "+5"}},
      {{"Content-Length", "-1"}},
      {{"Content-Length", "0x10"}},
      {{"Content-Length", ""}},
      {{"Content-Length", "99999999999999999999999"}},
  };
  for (const auto& headers : ambiguous) {
    EXPECT_FALSE(Read(headers)) << headers[0].name << ": " << headers[0].value;
  }
}

}  // namespace
}  // namespace fsft::gateway::http
