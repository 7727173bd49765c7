#include "services/intake/support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/intake/eraser.h"
#include "services/intake/test_intakes.h"
#include "shared/crypto/digest.h"
#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

using fightsftickets::intake::v1::ListSupportRequestsRequest;
using fightsftickets::intake::v1::ListSupportRequestsResponse;
using fightsftickets::intake::v1::OpenSupportRequestRequest;
using testing::HasSubstr;

class SupportTest : public IntakesTest {
 protected:
  static OpenSupportRequestRequest Question(const std::string& message) {
    OpenSupportRequestRequest request;
    request.mutable_request_key()->set_request_digest(crypto::Sha256(message));
    request.set_message(message);
    request.set_email("jordan@example.com");
    return request;
  }
  ListSupportRequestsResponse Page(int limit, const std::string& cursor = "") {
    ListSupportRequestsRequest request;
    request.set_limit(limit);
    request.set_cursor(cursor);
    return *support_.List(request, Soon());
  }
  std::string FieldOf(const OpenSupportRequestRequest& request) {
    const rpc::ErrorDetail detail = rpc::DetailOf(support_.Open(request, Soon()).status());
    return detail.field_violations_size() == 1
               ? detail.field_violations(0).field() + " " + detail.field_violations(0).code()
               : std::to_string(detail.field_violations_size());
  }

  time::SystemClock clock_;
  Support support_{*database_, key_source_, registry_, clock_};
};

TEST_F(SupportTest, OperatorsReadWhatWasAskedAndTheDatabaseDoesNot) {
  const auto opened = support_.Open(Question("Where is my letter?"), Soon());
  ASSERT_TRUE(opened.ok()) << opened.status();
  const auto page = Page(10);
  ASSERT_EQ(page.requests_size(), 1);
  EXPECT_EQ(page.requests(0).support_id(), opened->support_id());
  EXPECT_EQ(page.requests(0).message(), "Where is my letter?");
  EXPECT_EQ(page.requests(0).email(), "jordan@example.com");
  EXPECT_EQ(Owner("SELECT position('letter' IN encode(text_sealed, 'escape')) FROM "
                  "intake.support_requests"),
            "0");
  EXPECT_THAT(registry_.Serialize(), HasSubstr("support_requests_total 1"));
}

TEST_F(SupportTest, ARepeatedQuestionIsOne) {
  const auto first = support_.Open(Question("Where is it?"), Soon());
  const auto again = support_.Open(Question("Where is it?"), Soon());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->repeated_request());
  EXPECT_EQ(again->support_id(), first->support_id());
  EXPECT_EQ(Page(10).requests_size(), 1);
}

TEST_F(SupportTest, NamesEveryFieldThatIsWrong) {
  EXPECT_EQ(FieldOf(Question("   ")), "message required");
  EXPECT_EQ(FieldOf(Question(std::string(5001, 'x'))), "message too_long");
  OpenSupportRequestRequest request = Question("Where?");
  request.set_email("nobody");
  EXPECT_THAT(FieldOf(request), HasSubstr("email"));
  request.set_payment_id("mine");
  EXPECT_EQ(FieldOf(request), "2");
}

TEST_F(SupportTest, PagesGoOnWhereTheLastOneEnded) {
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(support_.Open(Question("q" + std::to_string(i)), Soon()).ok());
  std::string seen, cursor;
  do {
    const auto page = Page(2, cursor);
    for (const auto& one : page.requests()) seen += one.message();
    cursor = page.next_cursor();
  } while (!cursor.empty());
  EXPECT_EQ(seen, "q4q3q2q1q0");
}

TEST_F(SupportTest, AQuestionIsForgottenWithItsOrder) {
  const std::string payment = "0193a000-0000-7000-8000-000000000001";
  const NewAppeal appeal = Appeal();
  ASSERT_TRUE(store_.Submit(appeal, Key(), Soon()).ok());
  ASSERT_TRUE(store_
                  .PutOrders({{.intake_id = appeal.intake_id,
                               .payment_id = payment,
                               .version = 2,
                               .state = "cancelled",
                               .final_at = clock_.Now() - std::chrono::hours(1)}},
                             Soon())
                  .ok());
  OpenSupportRequestRequest request = Question("Where is my money?");
  request.set_payment_id(payment);
  ASSERT_TRUE(support_.Open(request, Soon()).ok());
  ErasureLedger ledger("", clock_);
  ASSERT_TRUE(Eraser(*database_, ledger).Erase(appeal.intake_id, "ann", Soon()).ok());
  const auto page = Page(10);
  ASSERT_EQ(page.requests_size(), 1);
  EXPECT_EQ(page.requests(0).message(), "");
  EXPECT_EQ(page.requests(0).email(), "");
}

}  // namespace
}  // namespace fsft::intake
