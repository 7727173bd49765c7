#include "tests/sandbox/pages/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sandbox/pages/html.h"
#include "tests/sandbox/testing.h"

namespace fsft::sandbox {
namespace {

using testing::Bench;
using ::testing::HasSubstr;
using testing::LetterParts;
using ::testing::Not;
using testing::SessionForm;
using testing::With;

TEST(CheckoutPage, ShowsAmountAndProduct) {
  Bench bench;
  const http::Response page = bench.Get("/pay/" + bench.NewSession());
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("Pay $19.89"));
  EXPECT_THAT(page.body, HasSubstr("Appeal letter"));
  EXPECT_THAT(page.body, HasSubstr("Cancel"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
}

TEST(CheckoutPage, EscapesWhatTheShopWrote) {
  Bench bench;
  const Fields form = With(SessionForm(), "line_items[0][price_data][product_data][name]",
                           "<script>alert('1')</script>");
  const std::string id = bench.Stripe("POST", "/v1/checkout/sessions", form).body["id"];
  const http::Response page = bench.Get("/pay/" + id);
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  EXPECT_THAT(page.body, HasSubstr("&lt;script&gt;alert(&#39;1&#39;)"));
}

TEST(CheckoutPage, LeadsBackWhenCancelledAndStaysOpen) {
  Bench bench;
  const std::string id = bench.NewSession();
  const http::Response back = bench.Post("/pay/" + id + "/cancel");
  EXPECT_EQ(back.status, 303);
  EXPECT_EQ(back.Find("Location"), "http://shop.test/cancelled");
  EXPECT_EQ(bench.Stripe("GET", "/v1/checkout/sessions/" + id).body["status"], "open");
}

TEST(CheckoutPage, SaysWhenItIsPaidOrExpiredOrUnknown) {
  Bench bench;
  const std::string paid = bench.NewSession();
  bench.Control("POST", "/stripe/pay/" + paid);
  EXPECT_THAT(bench.Get("/pay/" + paid).body, HasSubstr("Already paid"));
  const std::string expired = bench.NewSession();
  bench.Stripe("POST", "/v1/checkout/sessions/" + expired + "/expire");
  EXPECT_THAT(bench.Get("/pay/" + expired).body, HasSubstr("has expired"));
  EXPECT_EQ(bench.Get("/pay/cs_test_none").status, 404);
}

TEST(MailboxPage, ListsLettersNewestFirst) {
  Bench bench;
  EXPECT_THAT(bench.Get("/mailbox").body, HasSubstr("Nothing was mailed yet"));
  const std::string older = bench.Lob("POST", "/letters", LetterParts()).body["id"];
  const std::string newer =
      bench.Lob("POST", "/letters", With(LetterParts(), "extra_service", "certified")).body["id"];
  const std::string page = bench.Get("/mailbox").body;
  EXPECT_THAT(page, HasSubstr("2 letters"));
  EXPECT_THAT(page, HasSubstr("SFMTA Citation Review"));
  EXPECT_THAT(page, HasSubstr("Ada Example"));
  EXPECT_THAT(page, HasSubstr("payment-1"));
  EXPECT_LT(page.find(newer), page.find(older));
  EXPECT_THAT(page, HasSubstr("/mailbox/" + older + ".pdf"));
}

TEST(InboxPage, ShowsAMailWithoutLettingItDoAnything) {
  const std::string evil = "<script>alert('1')</script>";
  Json mail = {{"seq", 7}};
  for (const char* name : {"subject", "date", "to", "header_from", "message_id", "text", "html"})
    mail[name] = evil;
  const std::string page = InboxPage(Json::array({mail}), 3);
  EXPECT_THAT(page, HasSubstr("Inbox: 3 emails"));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("sandbox=\"\" loading=\"lazy\" src=\"/inbox/7.html\""));
  EXPECT_THAT(page, HasSubstr("Older emails are not shown: 2"));
  EXPECT_THAT(Bench().Get("/inbox").body, HasSubstr("Nobody was written to yet"));
}

TEST(MailboxPage, HasNoFileOfALetterThatIsNotThere) {
  Bench bench;
  EXPECT_EQ(bench.Get("/mailbox/ltr_0123456789abcdef.pdf").status, 404);
  EXPECT_EQ(bench.Get("/mailbox/ltr_0123456789abcdef.png").status, 404);
}

TEST(OverviewPage, LinksToTheRest) {
  Bench bench;
  const std::string page = bench.Get("/").body;
  EXPECT_THAT(page, HasSubstr("href=\"/mailbox\""));
  EXPECT_THAT(page, HasSubstr("href=\"/sandbox/stripe/requests\""));
}

TEST(Money, IsWrittenAsPeopleDo) {
  EXPECT_EQ(Money(1989, "usd"), "$19.89");
  EXPECT_EQ(Money(5, "eur"), "0.05 EUR");
}

}  // namespace
}  // namespace fsft::sandbox
