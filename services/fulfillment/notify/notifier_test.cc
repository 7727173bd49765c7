#include "services/fulfillment/notify/notifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/fulfillment/test_orders.h"

namespace fsft::fulfillment {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using Verdict = smtp::Answer::Verdict;

class NotifierTest : public LettersTest {
 protected:
  // One step; what it found.
  int Step() {
    MakeAllDue();
    Notifier notifier(
        notifications_,
        [this](const std::string& intake_id, db::Deadline) {
          asked_.push_back(intake_id);
          return contact_;
        },
        [this](const smtp::Message& message) {
          sent_.push_back(message);
          return answer_;
        },
        clock_, registry_,
        {.from = {.name = "Us", .address = "us@example.com"},
         .public_url = "https://site.test",
         .max_failures = 3});
    const absl::StatusOr<int> found = notifier.NotifyOne();
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(-1);
  }
  void MakeAllDue() {
    Sql("UPDATE fulfillment.notifications SET next_at = now() - interval '1 second' WHERE state = "
        "'pending'");
  }
  std::string Stands() {
    return Sql("SELECT state || ' ' || reason || ' ' || failures FROM fulfillment.notifications");
  }
  double Count(const std::string& kind, const std::string& outcome) {
    return registry_.AddCounter("notifications_total", "", {{"kind", kind}, {"outcome", outcome}})
        .Value();
  }

  absl::StatusOr<std::string> contact_ = std::string("jordan@example.org");
  absl::StatusOr<smtp::Answer> answer_ = smtp::Answer{.verdict = Verdict::kAccepted};
  std::vector<std::string> asked_;
  std::vector<smtp::Message> sent_;
  time::SystemClock clock_;
  NotificationsStore notifications_{*database_};
};

TEST_F(NotifierTest, SendsWhatIsIntendedToWhomIntakeNames) {
  const WantedLetter order = PutNewOrder();
  EXPECT_EQ(Step(), 1);
  EXPECT_THAT(asked_, ElementsAre(order.intake_id));
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_EQ(sent_[0].to, "jordan@example.org");
  EXPECT_EQ(sent_[0].from.address, "us@example.com");
  EXPECT_EQ(sent_[0].subject, "We have received your payment");
  EXPECT_EQ(sent_[0].message_id, order.payment_id + ".paid@example.com");
  EXPECT_THAT(sent_[0].text, HasSubstr("https://site.test/success?payment_id=" + order.payment_id));
  EXPECT_EQ(Stands(), "sent  0");
  EXPECT_EQ(Count("paid", "sent"), 1);
  EXPECT_EQ(Step(), 0);
  EXPECT_EQ(sent_.size(), 1u);
}

TEST_F(NotifierTest, TriesAgainUntilItHasTriedOften) {
  PutNewOrder();
  answer_ = smtp::Answer{.verdict = Verdict::kNotNow, .reason = "smtp_451"};
  Step();
  EXPECT_EQ(Stands(), "pending smtp_451 1");
  Step();
  EXPECT_EQ(Stands(), "pending smtp_451 2");
  Step();
  EXPECT_EQ(Stands(), "failed smtp_451 2");
  EXPECT_EQ(Step(), 0);
  EXPECT_EQ(Count("paid", "put_off"), 2);
  EXPECT_EQ(Count("paid", "failed"), 1);
  for (const smtp::Message& message : sent_) EXPECT_EQ(message.message_id, sent_[0].message_id);
}

TEST_F(NotifierTest, WhoStopsGivesAnEmailBackForAnotherReplica) {
  PutNewOrder();
  answer_ = smtp::Answer{.reason = "smtp_stopped", .given_back = true};
  EXPECT_EQ(Step(), 1);
  EXPECT_EQ(Stands(), "pending  0");
  EXPECT_EQ(Sql("SELECT next_at <= now() FROM fulfillment.notifications"), "t");
  answer_ = smtp::Answer{.verdict = Verdict::kAccepted};
  EXPECT_EQ(Step(), 1);
  EXPECT_EQ(Stands(), "sent  0");
}

TEST_F(NotifierTest, WhatIsRefusedForGoodIsNotTriedAgain) {
  PutNewOrder();
  answer_ = smtp::Answer{.verdict = Verdict::kRefused, .reason = "smtp_550"};
  Step();
  EXPECT_EQ(Stands(), "failed smtp_550 0");
  EXPECT_EQ(Step(), 0);
}

TEST_F(NotifierTest, AServerThatWantsNothingIsLeftAlone) {
  PutNewOrder();
  PutNewOrder();
  Notifier notifier(
      notifications_, [this](const std::string&, db::Deadline) { return contact_; },
      [this](const smtp::Message& message) {
        sent_.push_back(message);
        return smtp::Answer{.reason = "smtp_unreachable", .concerns_all = true};
      },
      clock_, registry_, {.from = {.name = "", .address = "us@example.com"}});
  EXPECT_EQ(*notifier.NotifyOne(), 1);
  EXPECT_EQ(*notifier.NotifyOne(), 0);
  EXPECT_EQ(sent_.size(), 1u);
  EXPECT_EQ(Sql("SELECT sum(failures) FROM fulfillment.notifications"), "1");
}

TEST_F(NotifierTest, SkipsWhoCannotBeWrittenTo) {
  const struct {
    absl::StatusOr<std::string> contact;
    const char* reason;
  } cases[] = {
      {std::string(), "skipped no_address 0"},
      {std::string("jürgen@example.org"), "skipped unusable_address 0"},
      {std::string("a@b.c\r\nBcc: d@e.f"), "skipped unusable_address 0"},
      {absl::NotFoundError("intake_not_found"), "skipped contact_gone 0"},
      {absl::DataLossError("intake_erased"), "skipped contact_gone 0"},
  };
  for (const auto& c : cases) {
    PutNewOrder();
    contact_ = c.contact;
    Step();
    EXPECT_EQ(Stands(), c.reason);
    Sql("DELETE FROM fulfillment.notifications");
  }
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(Count("paid", "skipped"), 5);
}

TEST_F(NotifierTest, AnIntakeThatDoesNotAnswerIsAskedLater) {
  PutNewOrder();
  contact_ = absl::UnavailableError("intake restarts");
  Step();
  EXPECT_EQ(Stands(), "pending intake_unavailable 1");
  contact_ = std::string("jordan@example.org");
  Step();
  EXPECT_EQ(Stands(), "sent  1");
}

TEST_F(NotifierTest, NewsThatIsNotTrueAnyMoreIsTakenBackAndMayComeAgain) {
  const WantedLetter order = PutNewOrder();
  Step();
  Sql("UPDATE fulfillment.letters SET state = 'dead_letter', reason = 'x', version = 9");
  Sql("UPDATE fulfillment.letters SET state = 'queued', version = 10");
  Step();
  EXPECT_EQ(Count("failed", "taken_back"), 1);
  EXPECT_EQ(sent_.size(), 1u);
  Sql("UPDATE fulfillment.letters SET state = 'dead_letter', version = 11");
  Step();
  ASSERT_EQ(sent_.size(), 2u);
  EXPECT_EQ(sent_[1].message_id, order.payment_id + ".failed@example.com");
  Sql("DELETE FROM fulfillment.letters");
}

TEST_F(NotifierTest, OldNewsIsGivenUp) {
  PutNewOrder();
  Sql("UPDATE fulfillment.notifications SET created_at = now() - interval '8 days'");
  Step();
  EXPECT_EQ(Stands(), "skipped too_old 0");
  EXPECT_TRUE(asked_.empty() && sent_.empty());
}

// A process that was stopped for minutes in between: the email is another's by now.
TEST_F(NotifierTest, SendsNothingWhenItsLeaseWouldEndMeanwhile) {
  PutNewOrder();
  Notifier notifier(
      notifications_, [this](const std::string&, db::Deadline) { return contact_; },
      [this](const smtp::Message& message) {
        sent_.push_back(message);
        return answer_;
      },
      clock_, registry_,
      {.from = {.name = "", .address = "us@example.com"},
       .send_patience = seconds(120),
       .lease = seconds(120)});
  EXPECT_TRUE(absl::IsDeadlineExceeded(notifier.NotifyOne().status()));
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(Stands(), "pending  0");
}

TEST_F(NotifierTest, ShowsHowLongTheOldestWaits) {
  PutNewOrder();
  Sql("UPDATE fulfillment.notifications SET created_at = now() - interval '100 seconds'");
  contact_ = absl::UnavailableError("");
  Step();
  EXPECT_GE(registry_.AddGauge("notification_oldest_age_seconds", "").Value(), 100);
}

TEST_F(NotifierTest, WithoutAServerItSkipsAndCounts) {
  PutNewOrder();
  Notifier notifier(notifications_, nullptr, nullptr, clock_, registry_, {});
  EXPECT_EQ(*notifier.SkipDue(), 1);
  EXPECT_EQ(*notifier.SkipDue(), 0);
  EXPECT_EQ(Stands(), "skipped no_server 0");
  EXPECT_EQ(Count("paid", "skipped"), 1);
}

}  // namespace
}  // namespace fsft::fulfillment
