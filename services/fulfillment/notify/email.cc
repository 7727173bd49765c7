#include "services/fulfillment/notify/email.h"

#include <array>
#include <charconv>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace fsft::fulfillment {
namespace {

constexpr char kNotice[] =
    "FightSFTickets prepares and mails documents. We are not a law firm and give no legal advice.";
constexpr char kLinkWords[] = "See how your order stands";

// What an email of one kind says.
struct Words {
  std::string subject;
  std::vector<std::string> paragraphs;
};

bool IsOnItsWay(std::string_view state) {
  return state == "mailed" || state == "in_transit" || state == "delivered" || state == "returned";
}

std::string Money(int64_t cents, const std::string& currency) {
  constexpr int64_t kCentsOfOne = 100;
  const std::string amount = absl::StrFormat("%d.%02d", cents / kCentsOfOne, cents % kCentsOfOne);
  return currency == "usd" ? "$" + amount : amount + " " + absl::AsciiStrToUpper(currency);
}

// "2026-12-03" as "December 3, 2026"; as it is when it is no date.
std::string LongDate(const std::string& iso) {
  constexpr std::array<const char*, 12> kMonths = {"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
  constexpr size_t kLength = 10, kMonth = 5, kDay = 8;
  unsigned month = 0, day = 0;
  if (iso.size() != kLength) return iso;
  std::from_chars(iso.data() + kMonth, iso.data() + kMonth + 2, month);
  std::from_chars(iso.data() + kDay, iso.data() + kLength, day);
  if (month < 1 || month > kMonths.size() || day < 1) return iso;
  return absl::StrCat(kMonths[month - 1], " ", day, ", ", iso.substr(0, 4));
}

void AddTracking(const OrderFacts& facts, Words& words) {
  if (facts.tracking_number.empty()) return;
  words.paragraphs.push_back(
      absl::StrCat("Its tracking number at the postal service is ", facts.tracking_number, "."));
}

Words Paid(const OrderFacts& facts) {
  const bool known = facts.amount_cents > 0 && !facts.currency.empty();
  const std::string amount = known ? " of " + Money(facts.amount_cents, facts.currency) : "";
  return {
      "We have received your payment",
      {"We have received your payment" + amount + ". Thank you.",
       IsOnItsWay(facts.state)
           ? "Your appeal letter has been handed to the mail."
           : "Your appeal letter is being prepared. We will write to you again when it has been "
             "handed to the mail."}};
}

Words Mailed(const OrderFacts& facts) {
  Words words{"Your appeal letter has been handed to the mail",
              {"We have handed your appeal letter to the mail."}};
  // Once it has arrived, or has come back, it is expected no more.
  if (!facts.expected_delivery.empty() &&
      (facts.state == "mailed" || facts.state == "in_transit")) {
    words.paragraphs.push_back(
        absl::StrCat("It is expected to arrive by ", LongDate(facts.expected_delivery), "."));
  }
  AddTracking(facts, words);
  return words;
}

Words Delivered(const OrderFacts& facts) {
  Words words{"Your appeal letter has been delivered",
              {"Your appeal letter has been delivered to the agency. The agency will answer you, "
               "not us."}};
  AddTracking(facts, words);
  return words;
}

Words Returned(const OrderFacts& facts) {
  Words words{"Your appeal letter could not be delivered",
              {"The postal service reports that it could not deliver your appeal letter and is "
               "returning it.",
               "A person is looking at your order. You need not do anything for now."}};
  AddTracking(facts, words);
  return words;
}

std::string WhatWentBack(const OrderFacts& facts) {
  if (facts.currency.empty()) return "We have given you money back for your order.";
  const std::string given = Money(facts.refunded_cents, facts.currency);
  if (facts.refunded_cents < facts.amount_cents) {
    return absl::StrCat("We have given back ", given, " of your payment of ",
                        Money(facts.amount_cents, facts.currency), ".");
  }
  return absl::StrCat("We have given back your payment of ", given, ".");
}

Words Refunded(const OrderFacts& facts) {
  Words words{"Your refund", {WhatWentBack(facts)}};
  if (facts.state == "cancelled") {
    words.paragraphs.emplace_back("No letter will be mailed for this order.");
  }
  words.paragraphs.emplace_back(
      "It goes to the card that you paid with, and may take five to ten days until you see it "
      "there.");
  return words;
}

Words Failed(const OrderFacts&) {
  return {"We could not mail your appeal letter yet",
          {"Something went wrong with the mailing of your appeal letter.",
           "A person is looking at your order: your letter will be mailed, or you will get your "
           "money back. You need not do anything for now."}};
}

Words WordsFor(std::string_view kind, const OrderFacts& facts) {
  if (kind == "paid") return Paid(facts);
  if (kind == "mailed") return Mailed(facts);
  if (kind == "delivered") return Delivered(facts);
  if (kind == "returned") return Returned(facts);
  if (kind == "refunded") return Refunded(facts);
  return Failed(facts);
}

std::string Escape(std::string_view text) {
  return absl::StrReplaceAll(
      absl::string_view(text.data(), text.size()),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string TextOf(const Words& words, std::string_view link) {
  return absl::StrCat(absl::StrJoin(words.paragraphs, "\n\n"), "\n\n", kLinkWords, ":\n",
                      std::string(link), "\n\n-- \n", kNotice, "\n");
}

// Nothing is fetched from anywhere: no picture, no style sheet, nothing that tells who has read it.
std::string HtmlOf(const Words& words, std::string_view link) {
  std::string html = absl::StrCat(
      "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
      Escape(words.subject),
      "</title></head>\n"
      "<body style=\"margin:0;padding:24px;background:#ffffff;color:#1c2733;"
      "font:16px/1.5 Arial,Helvetica,sans-serif\">\n"
      "<div style=\"max-width:560px;margin:0 auto\">\n<h1 style=\"font-size:20px;margin:0 0 "
      "16px\">",
      Escape(words.subject), "</h1>\n");
  for (const std::string& paragraph : words.paragraphs)
    absl::StrAppend(&html, "<p>", Escape(paragraph), "</p>\n");
  absl::StrAppend(&html, "<p><a href=\"", Escape(link), "\" style=\"color:#2f55d4\">", kLinkWords,
                  "</a></p>\n<hr style=\"border:0;border-top:1px solid #d9dfe6;margin:24px 0\">\n"
                  "<p style=\"font-size:13px;color:#5b6876\">",
                  Escape(kNotice), "</p>\n</div>\n</body>\n</html>\n");
  return html;
}

}  // namespace

bool IsStillTrue(std::string_view kind, const OrderFacts& facts) {
  if (kind == "paid") return facts.want != "cancel";
  if (kind == "mailed") return IsOnItsWay(facts.state);
  if (kind == "refunded") return facts.refunded_cents > 0;
  if (kind == "failed") {
    return facts.want != "cancel" &&
           (facts.state == "dead_letter" || facts.state == "failed_at_printer");
  }
  return facts.state == kind;
}

Email WriteEmail(std::string_view kind, const OrderFacts& facts, std::string_view link) {
  const Words words = WordsFor(kind, facts);
  return {.subject = words.subject, .text = TextOf(words, link), .html = HtmlOf(words, link)};
}

}  // namespace fsft::fulfillment
