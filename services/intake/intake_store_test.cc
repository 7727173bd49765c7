#include "services/intake/intake_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "services/intake/test_intakes.h"
#include "shared/crypto/digest.h"
#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

constexpr char kPaymentA[] = "0193a000-0000-7000-8000-000000000001";
constexpr char kPaymentB[] = "0193a000-0000-7000-8000-000000000002";

using IntakeStoreTest = IntakesTest;

TEST_F(IntakeStoreTest, ServesSanFrancisco) {
  auto rows = store_.LoadRegistry(Soon());
  ASSERT_TRUE(rows.ok()) << rows.status();
  auto registry = Registry::Create(*rows, ServedUnverified::All());
  ASSERT_TRUE(registry.ok()) << registry.status();
  const auto matches = registry->Match("912345678", "us-ca-san_francisco", "");
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches.front()->row.agency.name(), "SFMTA Citation Review");
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
  EXPECT_EQ((*submission)->content_sha256, appeal.sealed.draft.content_sha256);
  auto bytes = OpenSubmission((*submission)->submission_sealed, appeal.intake_id, appeal.draft_id,
                              *(*submission)->data_key, *keys_);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(crypto::Sha256(*bytes), appeal.sealed.draft.content_sha256);
}

TEST_F(IntakeStoreTest, FindsThePersonOfAnIntakeUntilItIsErased) {
  const NewAppeal appeal = Appeal("912345678", "jordan@example.com");
  ASSERT_TRUE(store_.Submit(appeal, Key(), Soon()).ok());
  auto found = store_.FindPerson(appeal.intake_id, Soon());
  ASSERT_TRUE(found.ok() && found->has_value()) << found.status();
  const auto person =
      OpenPerson((*found)->person_sealed, appeal.intake_id, *(*found)->data_key, *keys_);
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_EQ(person->sender().email(), "jordan@example.com");

  Owner(
      "UPDATE intake.intakes SET data_key = NULL, data_key_id = NULL, person_sealed = NULL, "
      "citation_hmac = NULL, email_hmac = NULL, lookup_key_id = NULL, erased_at = now()");
  found = store_.FindPerson(appeal.intake_id, Soon());
  ASSERT_TRUE(found.ok() && found->has_value()) << found.status();
  EXPECT_FALSE((*found)->data_key.has_value());
  EXPECT_FALSE(store_.FindPerson(kPaymentA, Soon())->has_value());
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

// They share statements; what is wrong with one of them is no other's.
TEST_F(IntakeStoreTest, StoresEachOfManyThatComeTogether) {
  constexpr int kCount = 24;
  const auto citation = [](int i) { return "9000000" + std::to_string(10 + i); };
  ASSERT_TRUE(store_.Submit(Appeal(citation(0), "a@example.com"), Key("first"), Soon()).ok());
  Owner("UPDATE intake.intakes SET state = 'paid', paid_at = now(), payment_id = '" +
        std::string(kPaymentA) + "'");
  std::vector<std::future<absl::StatusOr<StoredAppeal>>> calls;
  for (int i = 0; i < kCount; ++i) {
    calls.push_back(std::async(std::launch::async, [&, i] {
      NewAppeal appeal = Appeal(citation(i), "a@example.com");
      if (i == 12) appeal.intake_id = "no uuid";
      // The last two are twins.
      return store_.Submit(appeal, Key("key " + std::to_string(std::min(i, kCount - 2))), Soon());
    }));
  }
  std::vector<absl::StatusOr<StoredAppeal>> stored;
  for (auto& call : calls) stored.push_back(call.get());
  EXPECT_EQ(rpc::DetailOf(stored[0].status()).reason(), "already_paid");
  EXPECT_EQ(stored[12].status().code(), absl::StatusCode::kInvalidArgument);
  for (int i = 1; i < kCount; ++i) {
    EXPECT_EQ(stored[i].ok(), i != 12) << i << stored[i].status();
  }
  EXPECT_EQ(stored[kCount - 1]->draft_id, stored[kCount - 2]->draft_id);
  EXPECT_NE(stored[kCount - 1]->repeated, stored[kCount - 2]->repeated);
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.drafts WHERE submission_sealed IS NOT NULL"),
            std::to_string(kCount - 2));
}

TEST_F(IntakeStoreTest, TakesAKeyAgainAfterItsTime) {
  auto first = store_.Submit(Appeal(), Key(), Soon());
  Owner("UPDATE intake.request_keys SET expires_at = now()");
  auto second = store_.Submit(Appeal(), Key(), Soon());
  EXPECT_FALSE(second->repeated);
  EXPECT_NE(second->intake_id, first->intake_id);
}

TEST_F(IntakeStoreTest, FindsARepeatByItsKeyAlone) {
  EXPECT_FALSE(store_.FindRepeated(Key(), Soon())->has_value());
  auto first = store_.Submit(Appeal(), Key(), Soon());
  auto again = store_.FindRepeated(Key(), Soon());
  ASSERT_TRUE(again.ok() && again->has_value()) << again.status();
  EXPECT_EQ((*again)->draft_id, first->draft_id);
  EXPECT_TRUE((*again)->repeated);
  Owner("UPDATE intake.request_keys SET expires_at = now()");
  EXPECT_FALSE(store_.FindRepeated(Key(), Soon())->has_value());
}

TEST_F(IntakeStoreTest, RefusesASecondLetterAboutAPaidCitationAndNamesTheFirst) {
  auto first = store_.Submit(Appeal("912345678", "a@example.com"), Key("first"), Soon());
  ASSERT_TRUE(Put(first->intake_id, kPaymentA, 2, "paid").ok());
  const absl::Status status =
      store_.Submit(Appeal("912345678", "A@Example.com"), Key("second"), Soon()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  const rpc::ErrorDetail detail = rpc::DetailOf(status);
  EXPECT_EQ(detail.reason(), "already_paid");
  EXPECT_EQ(detail.ids().at("payment_id"), kPaymentA);
  EXPECT_EQ(detail.ids().at("intake_id"), first->intake_id);
  EXPECT_EQ(detail.ids().at("draft_id"), first->draft_id);
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.intakes"), "1");
  // The refused request has left no key that would stand for nothing.
  EXPECT_FALSE(store_.FindRepeated(Key("second"), Soon())->has_value());
}

TEST_F(IntakeStoreTest, TakesWhoeverHasNoEmailForOnePerson) {
  auto first = store_.Submit(Appeal(), Key("first"), Soon());
  ASSERT_TRUE(Put(first->intake_id, kPaymentA, 2, "fulfilled").ok());
  EXPECT_EQ(rpc::DetailOf(store_.Submit(Appeal(), Key("second"), Soon()).status()).reason(),
            "already_paid");
}

struct NoDuplicate {
  const char* name;
  const char* citation;
  const char* email;
  bool allow_duplicate;
  // What the paid order's row becomes before the second one comes.
  const char* change;
};

TEST_F(IntakeStoreTest, StoresWhatIsNoDuplicateAsAnOrderOfItsOwn) {
  constexpr char kNothing[] = "city_id = city_id";
  const NoDuplicate cases[] = {
      {"Confirmed", "100000000", "a@example.com", true, kNothing},
      {"OtherCitation", "100000009", "a@example.com", false, kNothing},
      {"OtherEmail", "100000000", "b@example.com", false, kNothing},
      {"NoEmail", "100000000", "", false, kNothing},
      {"LongAgo", "100000000", "a@example.com", false, "paid_at = now() - interval '30 days'"},
      {"Cancelled", "100000000", "a@example.com", false, "state = 'cancelled'"},
      {"NeverPaid", "100000000", "a@example.com", false, "state = 'submitted', paid_at = NULL"},
  };
  for (const NoDuplicate& c : cases) {
    const std::string name = c.name;
    auto first = store_.Submit(Appeal("100000000", "a@example.com"), Key(name + "1"), Soon());
    ASSERT_TRUE(first.ok()) << name << first.status();
    ASSERT_TRUE(Put(first->intake_id, kPaymentA, 2, "paid").ok());
    Owner(std::string("UPDATE intake.intakes SET ") + c.change);
    NewAppeal second = Appeal(c.citation, c.email);
    second.allow_duplicate = c.allow_duplicate;
    auto stored = store_.Submit(second, Key(name + "2"), Soon());
    ASSERT_TRUE(stored.ok()) << name << stored.status();
    EXPECT_EQ(stored->intake_id, second.intake_id) << name;
    Owner("UPDATE intake.intakes SET state = 'cancelled'");
  }
}

TEST_F(IntakeStoreTest, AnswersARepeatOfAPaidOrderFromItsKey) {
  auto first = store_.Submit(Appeal(), Key(), Soon());
  ASSERT_TRUE(Put(first->intake_id, kPaymentA, 2, "paid").ok());
  auto again = store_.Submit(Appeal(), Key(), Soon());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->draft_id, first->draft_id);
}

TEST_F(IntakeStoreTest, ForgetsKeysAnHourAfterTheirTime) {
  ASSERT_TRUE(store_.Submit(Appeal(), Key(), Soon()).ok());
  EXPECT_EQ(*store_.ForgetRequests(Soon()), 0);
  Owner("UPDATE intake.request_keys SET expires_at = now() - interval '61 minutes'");
  EXPECT_EQ(*store_.ForgetRequests(Soon()), 1);
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.request_keys"), "0");
}

TEST_F(IntakeStoreTest, FindsNothingThatIsNotThere) {
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
    const std::string number = std::to_string(order++);
    const std::string intake = store_.Submit(Appeal(number), Key(number), Soon())->intake_id;
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
