#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "gateway/operator_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

namespace common = fightsftickets::common::v1;

constexpr char kPath[] = "/api/admin/fulfillments.csv";
constexpr char kColumns[] =
    "payment_id,state,reason,want,appeal_type,generation,attempt,letter_id,tracking_number,"
    "expected_delivery,paid_at,mailed_at,moved_at,next_at,cancelled_by\r\n";

class LettersCsvTest : public OperatorTest {
 protected:
  fulfillment::ListResponse Page(const std::string& next_cursor) {
    fulfillment::ListResponse page;
    fulfillment::ListedLetter& letter = *page.add_letters();
    letter.set_payment_id(kPaymentId);
    letter.set_state(common::DELIVERY_STATE_DEAD_LETTER);
    letter.set_reason("printer_refused_invalid");
    letter.set_want("mail");
    letter.set_appeal_type(common::APPEAL_TYPE_CERTIFIED);
    letter.set_generation(1);
    letter.set_attempt(3);
    letter.mutable_paid_at()->set_seconds(1'793'577'660);
    page.set_next_cursor(next_cursor);
    return page;
  }
};

TEST_F(LettersCsvTest, AFileOfDeadLettersHasALineForEach) {
  backend_.list_letters.answer = Page("");
  const http::Response file = AskAs("reader", "GET", kPath);
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.content_type, "text/csv; charset=utf-8; header=present");
  EXPECT_EQ(Header(file, "Content-Disposition"), "attachment; filename=\"dead_letter.csv\"");
  EXPECT_EQ(Header(file, "Link"), "");
  EXPECT_EQ(file.body, std::string(kColumns) + kPaymentId +
                           ",dead_letter,printer_refused_invalid,mail,certified,1,3,,,,"
                           "2026-11-02T00:01:00.000000Z,,,,\r\n");
  EXPECT_EQ(backend_.list_letters.request.list(), fulfillment::LETTER_LIST_DEAD_LETTER);
  EXPECT_EQ(backend_.list_letters.request.limit(), 100);
  EXPECT_EQ(backend_.list_letters.request.actor(), "reader");
}

TEST_F(LettersCsvTest, AnEmptyListIsAHeader) {
  backend_.list_letters.answer = fulfillment::ListResponse();
  EXPECT_EQ(AskAs("reader", "GET", kPath, "", {{"list", "failed_at_printer"}}).body, kColumns);
  EXPECT_EQ(backend_.list_letters.request.list(), fulfillment::LETTER_LIST_FAILED_AT_PRINTER);
}

// The fake backend always answers that there is more.
TEST_F(LettersCsvTest, AFileThatIsFullSaysWhereTheNextOneBegins) {
  backend_.list_letters.answer = Page("0191a2b3-0000-7000-8000-000000000009");
  const http::Response file = AskAs("reader", "GET", kPath, "", {{"cursor", "c"}});
  EXPECT_EQ(backend_.list_letters.calls, 100);
  EXPECT_EQ(backend_.list_letters.request.cursor(), "0191a2b3-0000-7000-8000-000000000009");
  EXPECT_EQ(std::count(file.body.begin(), file.body.end(), '\n'), 101);
  EXPECT_EQ(Header(file, "Link"),
            "</api/admin/fulfillments.csv?list=dead_letter&cursor="
            "0191a2b3-0000-7000-8000-000000000009>; rel=\"next\"");
}

TEST_F(LettersCsvTest, WhereAPageIsMissingThereIsNoFile) {
  backend_.list_letters.answer = absl::UnavailableError("x");
  const http::Response response = AskAs("reader", "GET", kPath);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body.find("payment_id"), std::string::npos);
}

TEST_F(LettersCsvTest, AFileIsForOperatorsWhoMayRead) {
  EXPECT_EQ(AskAs("", "GET", kPath).status, 401);
  EXPECT_EQ(AskAs("retrier", "GET", kPath).status, 403);
  EXPECT_EQ(backend_.list_letters.calls, 0);
}

}  // namespace
}  // namespace fsft::gateway
