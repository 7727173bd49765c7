#include "services/fulfillment/notify/email.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fsft::fulfillment {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kLink[] = "https://example.com/success?payment_id=1&x=<\"y\">";

OrderFacts Mailed() {
  return {.state = "mailed",
          .want = "mail",
          .amount_cents = 1989,
          .currency = "usd",
          .refunded_cents = 0,
          .tracking_number = "9407300000000000000001",
          .expected_delivery = "2026-12-03"};
}

std::string TextOf(std::string_view kind, const OrderFacts& facts) {
  return WriteEmail(kind, facts, kLink).text;
}

TEST(Email, OfEveryKindIsWholeAndSaysWhatWeAreNot) {
  for (const std::string_view kind : kNotificationKinds) {
    const Email email = WriteEmail(kind, Mailed(), kLink);
    EXPECT_FALSE(email.subject.empty());
    for (const std::string& body : {email.text, email.html}) {
      EXPECT_THAT(body, HasSubstr("prepares and mails documents"));
      EXPECT_THAT(body, HasSubstr("not a law firm and give no legal advice"));
      EXPECT_THAT(body, HasSubstr("See how your order stands"));
    }
    EXPECT_THAT(email.text, HasSubstr(kLink));
    EXPECT_THAT(email.html,
                HasSubstr("<h1 style=\"font-size:20px;margin:0 0 16px\">" + email.subject));
  }
}

TEST(Email, SubjectsNameNobodyAndNoCitation) {
  for (const std::string_view kind : kNotificationKinds) {
    const std::string subject = WriteEmail(kind, Mailed(), kLink).subject;
    EXPECT_EQ(subject.find_first_of("0123456789"), std::string::npos) << subject;
  }
}

TEST(Email, IsEscapedAndFetchesNothing) {
  OrderFacts facts = Mailed();
  facts.tracking_number = "<script>alert('1')</script>";
  const std::string html = WriteEmail("mailed", facts, kLink).html;
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("href=\"https://example.com/success?payment_id=1&amp;x=&lt;&quot;y"));
  for (const char* foreign : {"<script", "src=", "<img", "<link", "url("})
    EXPECT_THAT(html, Not(HasSubstr(foreign)));
}

TEST(Email, OfAPaymentNamesTheAmountAndWhatComesNext) {
  OrderFacts facts = Mailed();
  EXPECT_THAT(TextOf("paid", facts), HasSubstr("your payment of $19.89. Thank you."));
  EXPECT_THAT(TextOf("paid", facts), HasSubstr("has been handed to the mail"));
  facts.state = "queued";
  EXPECT_THAT(TextOf("paid", facts), HasSubstr("We will write to you again"));
  facts.currency = "eur";
  EXPECT_THAT(TextOf("paid", facts), HasSubstr("your payment of 19.89 EUR."));
  facts.amount_cents = 0;
  EXPECT_THAT(TextOf("paid", facts), HasSubstr("We have received your payment. Thank you."));
}

TEST(Email, OfALetterNamesItsTrackingNumberAndItsDay) {
  OrderFacts facts = Mailed();
  EXPECT_THAT(TextOf("mailed", facts), HasSubstr("by December 3, 2026."));
  EXPECT_THAT(TextOf("mailed", facts), HasSubstr("9407300000000000000001."));
  EXPECT_THAT(TextOf("delivered", facts), HasSubstr("9407300000000000000001."));
  facts.tracking_number = "";
  EXPECT_THAT(TextOf("mailed", facts), Not(HasSubstr("tracking")));
  facts.state = "delivered";
  EXPECT_THAT(TextOf("mailed", facts), Not(HasSubstr("expected")));
  for (const char* date : {"", "soon", "2026-13-01", "2026-00-10"}) {
    facts = Mailed();
    facts.expected_delivery = date;
    EXPECT_THAT(TextOf("mailed", facts), Not(HasSubstr("December"))) << date;
  }
}

TEST(Email, OfARefundSaysHowMuchAndWhetherThereIsALetter) {
  OrderFacts facts = Mailed();
  facts.refunded_cents = 1989;
  facts.state = "cancelled";
  EXPECT_THAT(TextOf("refunded", facts), HasSubstr("given back your payment of $19.89."));
  EXPECT_THAT(TextOf("refunded", facts), HasSubstr("No letter will be mailed"));
  facts.refunded_cents = 5;
  facts.state = "queued";
  EXPECT_THAT(TextOf("refunded", facts), HasSubstr("given back $0.05 of your payment of $19.89."));
  EXPECT_THAT(TextOf("refunded", facts), Not(HasSubstr("No letter")));
  facts.currency = "";
  EXPECT_THAT(TextOf("refunded", facts), HasSubstr("given you money back"));
}

TEST(IsStillTrue, GoesByHowTheOrderStandsNow) {
  const struct {
    const char *kind, *state, *want;
    int64_t refunded;
    bool is_true;
  } cases[] = {
      {"paid", "queued", "mail", 0, true},
      {"paid", "queued", "hold", 0, true},
      {"paid", "cancelled", "cancel", 0, false},
      {"mailed", "mailed", "mail", 0, true},
      {"mailed", "delivered", "mail", 0, true},
      {"mailed", "cancelling", "cancel", 0, false},
      {"mailed", "failed_at_printer", "mail", 0, false},
      {"mailed", "mailed", "cancel", 0, true},
      {"delivered", "delivered", "mail", 0, true},
      {"delivered", "returned", "mail", 0, false},
      {"returned", "returned", "mail", 0, true},
      {"refunded", "cancelled", "cancel", 1, true},
      {"refunded", "queued", "mail", 0, false},
      {"failed", "dead_letter", "mail", 0, true},
      {"failed", "failed_at_printer", "hold", 0, true},
      {"failed", "dead_letter", "cancel", 0, false},
      {"failed", "queued", "mail", 0, false},
  };
  for (const auto& c : cases) {
    OrderFacts facts{.state = c.state, .want = c.want, .refunded_cents = c.refunded};
    EXPECT_EQ(IsStillTrue(c.kind, facts), c.is_true) << c.kind << ' ' << c.state << ' ' << c.want;
  }
}

}  // namespace
}  // namespace fsft::fulfillment
