#include "services/intake/intake_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "shared/crypto/digest.h"
#include "shared/ids/uuid.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/status.h"
#include "tests/support/test_database.h"

namespace fsft::intake {
namespace {

constexpr char kPaymentA[] = "0193a000-0000-7000-8000-000000000001";
constexpr char kPaymentB[] = "0193a000-0000-7000-8000-000000000002";

class IntakeStoreTest : public testing::Test {
 protected:
  IntakeStoreTest()
      : database_(*db::Database::Create({.url = test_database_.Url("intake_rw"), .pool_size = 8},
                                        registry_)),
        store_(*database_),
        keys_(*crypto::KeyRing::Parse("wrap:w1:" + std::string(64, 'a') +
                                      "\nlookup:l1:" + std::string(64, 'a') +
                                      "\ntoken:t1:" + std::string(64, 'a'))) {}

  NewAppeal Appeal() {
    fightsftickets::intake::v1::Submission submission;
    submission.mutable_citation()->set_number("912345678");
    submission.set_letter_text("The meter was broken.");
    NewAppeal appeal{.intake_id = ids::NewUuidV7(std::chrono::system_clock::now()),
                     .draft_id = ids::NewUuidV7(std::chrono::system_clock::now()),
                     .city_id = "us-ca-san_francisco",
                     .section_id = "sfmta",
                     .appeal_type = "standard"};
    appeal.sealed = SealAppeal(submission, appeal.intake_id, appeal.draft_id, *keys_);
    return appeal;
  }

  static RequestKey Key(const std::string& key = "key", const std::string& body = "body") {
    return {.key_hmac = crypto::Sha256(key),
            .digest = crypto::Sha256(body),
            .lifetime = std::chrono::minutes(15)};
  }

  static db::Deadline Soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }
  std::string Owner(const std::string& sql) { return test_database_.Query("fsft_owner", sql); }

  absl::Status Put(const std::string& intake, const char* payment, int64_t version,
                   const char* state) {
    return store_.PutOrders(
        {{.intake_id = intake, .payment_id = payment, .version = version, .state = state}}, Soon());
  }

  test::TestDatabase test_database_;
  metrics::Registry registry_;
  std::unique_ptr<db::Database> database_;
  IntakeStore store_;
  std::shared_ptr<const crypto::KeyRing> keys_;
};

TEST_F(IntakeStoreTest, ServesSanFrancisco) {
  auto rows = store_.LoadRegistry(Soon());
  ASSERT_TRUE(rows.ok()) << rows.status();
  auto registry = Registry::Create(*rows);
  ASSERT_TRUE(registry.ok()) << registry.status();
  const auto matches = registry->Match("912345678", "us-ca-san_francisco", "");
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches.front()->agency.name(), "SFMTA Citation Review");
}

TEST_F(IntakeStoreTest, StoresAnAppealWholeAndFrozen) {
  const NewAppeal appeal = Appeal();
  auto stored = store_.Submit(appeal, Key(), Soon());
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->intake_id, appeal.intake_id);
  EXPECT_FALSE(stored->repeated);
  EXPECT_EQ(Owner("SELECT state FROM intake.intakes"), "submitted");
  EXPECT_EQ(Owner("SELECT action FROM intake.audit_log"), "submit");

  auto submission = store_.FindSubmission(appeal.draft_id, Soon());
  ASSERT_TRUE(submission.ok() && submission->has_value());
  EXPECT_EQ((*submission)->content_sha256, appeal.sealed.content_sha256);
  auto bytes = OpenSubmission((*submission)->submission_sealed, appeal.intake_id, appeal.draft_id,
                              *(*submission)->data_key, *keys_);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(crypto::Sha256(*bytes), appeal.sealed.content_sha256);
}

TEST_F(IntakeStoreTest, AnswersARepeatWithTheFirstOnesIds) {
  auto first = store_.Submit(Appeal(), Key(), Soon());
  auto again = store_.Submit(Appeal(), Key(), Soon());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->intake_id, first->intake_id);
  EXPECT_EQ(again->draft_id, first->draft_id);
  EXPECT_EQ(again->content_sha256, first->content_sha256);
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.intakes"), "1");
}

TEST_F(IntakeStoreTest, RefusesAKeyThatComesWithAnotherBody) {
  ASSERT_TRUE(store_.Submit(Appeal(), Key("key", "body"), Soon()).ok());
  const absl::Status status = store_.Submit(Appeal(), Key("key", "other"), Soon()).status();
  EXPECT_EQ(rpc::DetailOf(status).reason(), "idempotency_key_reused");
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.intakes"), "1");
}

TEST_F(IntakeStoreTest, StoresOnceForTwinsOfARequest) {
  std::vector<std::future<StoredAppeal>> twins;
  for (int i = 0; i < 8; ++i) {
    twins.push_back(
        std::async(std::launch::async, [this] { return *store_.Submit(Appeal(), Key(), Soon()); }));
  }
  int stored = 0;
  std::string id;
  for (auto& twin : twins) {
    const StoredAppeal appeal = twin.get();
    stored += !appeal.repeated;
    if (id.empty()) id = appeal.intake_id;
    EXPECT_EQ(appeal.intake_id, id);
  }
  EXPECT_EQ(stored, 1);
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.drafts"), "1");
}

TEST_F(IntakeStoreTest, TakesAKeyAgainAfterItsTime) {
  auto first = store_.Submit(Appeal(), Key(), Soon());
  Owner("UPDATE intake.request_keys SET expires_at = now()");
  auto second = store_.Submit(Appeal(), Key(), Soon());
  EXPECT_FALSE(second->repeated);
  EXPECT_NE(second->intake_id, first->intake_id);
}

TEST_F(IntakeStoreTest, ForgetsKeysAnHourAfterTheirTime) {
  ASSERT_TRUE(store_.Submit(Appeal(), Key(), Soon()).ok());
  EXPECT_EQ(*store_.ForgetRequests(Soon()), 0);
  Owner("UPDATE intake.request_keys SET expires_at = now() - interval '61 minutes'");
  EXPECT_EQ(*store_.ForgetRequests(Soon()), 1);
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.request_keys"), "0");
}

TEST_F(IntakeStoreTest, FindsNothingThatIsNotThere) {
  EXPECT_FALSE(store_.Find(kPaymentA, Soon())->has_value());
  EXPECT_FALSE(store_.FindSubmission(kPaymentA, Soon())->has_value());
}

TEST_F(IntakeStoreTest, EndsAtTheNewestOrderInEveryOrderOfDelivery) {
  struct News {
    const char* payment;
    int64_t version;
    const char* state;
  };
  std::vector<News> news = {{kPaymentA, 1, "submitted"},
                            {kPaymentA, 2, "cancelled"},
                            {kPaymentB, 1, "submitted"},
                            {kPaymentB, 2, "paid"},
                            {kPaymentB, 3, "fulfilled"}};
  std::sort(news.begin(), news.end(), [](const News& a, const News& b) {
    return std::string(a.state) + a.payment < std::string(b.state) + b.payment;
  });
  int order = 0;
  do {
    const std::string intake =
        store_.Submit(Appeal(), Key(std::to_string(order++)), Soon())->intake_id;
    for (const News& one : news) ASSERT_TRUE(Put(intake, one.payment, one.version, one.state).ok());
    ASSERT_EQ(
        Owner("SELECT state || ':' || order_version || ':' || (paid_at IS NOT NULL) || ':' || "
              "(fulfilled_at IS NOT NULL) FROM intake.intakes WHERE intake_id = '" +
              intake + "'"),
        "fulfilled:3:true:true");
  } while (std::next_permutation(news.begin(), news.end(), [](const News& a, const News& b) {
    return std::string(a.state) + a.payment < std::string(b.state) + b.payment;
  }));
  EXPECT_EQ(order, 120);
}

TEST_F(IntakeStoreTest, WritesOneAuditRowForEachChangeAndNoneForARepeat) {
  const std::string intake = store_.Submit(Appeal(), Key(), Soon())->intake_id;
  ASSERT_TRUE(Put(intake, kPaymentA, 2, "paid").ok());
  ASSERT_TRUE(Put(intake, kPaymentA, 2, "paid").ok());
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.audit_log WHERE from_state = 'submitted' AND "
                  "to_state = 'paid'"),
            "1");
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.audit_log"), "2");
}

}  // namespace
}  // namespace fsft::intake
