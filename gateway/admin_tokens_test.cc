#include "gateway/admin_tokens.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/test_certificates.h"

namespace fsft::gateway {
namespace {

std::string Line(std::string_view name, std::string_view scopes, std::string_view token) {
  return std::string(name) + ":" + std::string(scopes) + ":" +
         crypto::HexEncode(crypto::Sha256(token)) + "\n";
}

TEST(TokenList, FindsTheOperatorOfAToken) {
  const auto list = TokenList::Parse("# operators\n\n" + Line("ann", "read+retry", "secret-a") +
                                     Line("bob", "refund", "secret-b"));
  ASSERT_TRUE(list.ok()) << list.status();
  const auto ann = list->Find("secret-a");
  ASSERT_TRUE(ann);
  EXPECT_EQ(ann->name, "ann");
  EXPECT_TRUE(ann->Has(Scope::kRead));
  EXPECT_TRUE(ann->Has(Scope::kRetry));
  EXPECT_FALSE(ann->Has(Scope::kRefund));
  EXPECT_FALSE(ann->Has(Scope::kErase));
  EXPECT_EQ(list->Find("secret-b")->name, "bob");
}

TEST(TokenList, NeitherAnotherTokenNorTheHashItselfOpens) {
  const auto list = TokenList::Parse(Line("ann", "read", "secret-a"));
  ASSERT_TRUE(list.ok());
  EXPECT_FALSE(list->Find("secret-A"));
  EXPECT_FALSE(list->Find(""));
  EXPECT_FALSE(list->Find(crypto::HexEncode(crypto::Sha256("secret-a"))));
}

TEST(TokenList, RefusesAListWithAnyMalformedLine) {
  const std::string hash = crypto::HexEncode(crypto::Sha256("x"));
  for (const std::string& line :
       {"ann:read:" + hash.substr(1), ":read:" + hash, "ann::" + hash, "ann:write:" + hash,
        "ann:read+write:" + hash, std::string("ann:read"), "ann:read:" + hash + ":more"}) {
    const auto list = TokenList::Parse(Line("bob", "read", "b") + line);
    ASSERT_FALSE(list.ok()) << line;
    EXPECT_NE(list.status().message().find("line 2"), std::string::npos);
    EXPECT_EQ(list.status().message().find(hash), std::string::npos) << "must not repeat a hash";
  }
}

class AdminTokensTest : public testing::Test {
 protected:
  // As editors and Kubernetes replace a file: whole, by a rename.
  void Replace(const std::string& text) {
    std::ofstream(path_ + ".new") << text;
    std::filesystem::rename(path_ + ".new", path_);
  }
  const rpc::TemporaryDirectory directory_;
  const std::string path_ = directory_.path() / "tokens";
};

TEST_F(AdminTokensTest, WithoutAPathNothingIsConfigured) {
  EXPECT_EQ(AdminTokens("").Current(), nullptr);
}

TEST_F(AdminTokensTest, AChangedFileCountsAtOnce) {
  Replace(Line("ann", "read", "old"));
  AdminTokens tokens(path_);
  ASSERT_TRUE(tokens.Current());
  EXPECT_TRUE(tokens.Current()->Find("old"));

  Replace(Line("ann", "read", "new"));
  EXPECT_FALSE(tokens.Current()->Find("old"));
  EXPECT_TRUE(tokens.Current()->Find("new"));
}

TEST_F(AdminTokensTest, ABrokenOrMissingFileClosesTheDoorUntilItIsRight) {
  AdminTokens tokens(path_);
  EXPECT_EQ(tokens.Current(), nullptr) << "missing";
  Replace(Line("ann", "read", "t"));
  EXPECT_TRUE(tokens.Current());
  Replace("ann:read");
  EXPECT_EQ(tokens.Current(), nullptr) << "malformed";
  std::filesystem::remove(path_);
  EXPECT_EQ(tokens.Current(), nullptr) << "removed";
  Replace(Line("ann", "read", "t"));
  EXPECT_TRUE(tokens.Current());
}

}  // namespace
}  // namespace fsft::gateway
