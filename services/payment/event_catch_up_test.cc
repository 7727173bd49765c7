#include "services/payment/event_catch_up.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <mutex>

#include "services/payment/test_payments.h"
#include "services/payment/test_sessions.h"
#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

using namespace std::chrono_literals;

// Stripe's list of events, as a list that the test fills.
class EventCatchUpTest : public PaymentsTest {
 protected:
  EventCatchUpTest() {
    Owner(
        "UPDATE payment.event_cursor SET read_to = now() - interval '29 days', next_at = now(), "
        "failures = 0");
  }

  std::string Respond(const std::string& request) {
    const std::lock_guard lock(mutex_);
    if (failing_) return http::Answer("500 Internal Server Error", "{}");
    if (asked_) asked_();
    const int64_t from = Number(request, "created%5Bgte%5D="),
                  until = Number(request, "created%5Blt%5D=");
    const std::string after = Text(request, "starting_after=");
    std::string page;
    int count = 0;
    bool begun = after.empty(), more = false;
    for (const ListedEvent& event : listed_) {
      if (begun && event.created >= from && event.created < until) {
        more = count == page_size_;
        if (more) break;
        page += (page.empty() ? "" : ",") + event.json;
        ++count;
      }
      if (event.id == after) begun = true;
    }
    return Page(page, more);
  }
  static std::string Text(const std::string& request, const std::string& name) {
    const size_t at = request.find(name);
    if (at == std::string::npos) return "";
    const size_t begin = at + name.size();
    return request.substr(begin, request.find_first_of("& ", begin) - begin);
  }
  static int64_t Number(const std::string& request, const std::string& name) {
    const std::string text = Text(request, name);
    return text.empty() ? 0 : std::stoll(text);
  }

  // Something happened so long ago; it is listed in front of what happened before.
  void Happened(const std::string& id, const std::string& type, std::chrono::seconds ago,
                const std::string& object) {
    const int64_t created = time::UnixSeconds(clock_.Now() - ago);
    const std::lock_guard lock(mutex_);
    listed_.push_front({.id = id,
                        .created = created,
                        .json = R"({"object": "event", "id": ")" + id + R"(", "type": ")" + type +
                                R"(", "created": )" + std::to_string(created) +
                                R"(, "livemode": false, "data": {"object": )" + object + "}}"});
  }
  void SessionPaid(const std::string& id, std::chrono::seconds ago) {
    Happened(id, "checkout.session.completed", ago, Session("cs_test_1", "paid", kPayment));
  }
  void ChargeRefunded(const std::string& id, std::chrono::seconds ago) {
    Happened(id, "charge.refunded", ago,
             R"({"object": "charge", "id": "ch_1", "amount_refunded": 989, "currency": "usd",
                 "payment_intent": "pi_1"})");
  }
  void BecomeDue() { Owner("UPDATE payment.event_cursor SET next_at = now()"); }
  int Read() {
    const absl::StatusOr<int> read = catch_up_.ReadWhenDue();
    EXPECT_TRUE(read.ok()) << read.status();
    return read.value_or(-1);
  }
  // Until nothing is left to read.
  int ReadAll() {
    int readings = 1;
    while (Read() > 0) ++readings;
    return readings;
  }
  std::string Events() {
    return Owner(
        "SELECT string_agg(event_id || ' ' || outcome || ' ' || source, ', ' ORDER BY event_id) "
        "FROM payment.stripe_events");
  }
  int64_t CursorAge() {
    return std::stoll(
        Owner("SELECT round(extract(epoch FROM now() - read_to)) FROM payment.event_cursor"));
  }

  struct ListedEvent {
    std::string id;
    int64_t created = 0;
    std::string json;
  };
  std::mutex mutex_;
  std::deque<ListedEvent> listed_;
  int page_size_ = 100;
  std::atomic<bool> failing_{false};
  // Called for every request.
  std::function<void()> asked_;
  http::TestServer server_{[this](const std::string& request) { return Respond(request); }};
  http::Client http_;
  time::SystemClock clock_;
  CircuitBreaker breaker_{clock_, registry_, {.failures = 1000}};
  StripeApi api_{http_, breaker_, {.base = server_.Url(""), .secret_key = [] {
                                     return config::Secret("sk_test_1");
                                   }}};
  StripeClient stripe_{api_};
  Webhooks webhooks_{events_, clock_, registry_, {}};
  CatchUpStore store_{*database_};
  work::Pace pace_{1ms};
  EventCatchUp catch_up_{store_, stripe_, webhooks_, pace_, registry_, {.pages = 3}};
};

TEST_F(EventCatchUpTest, AStoppedReplicaGivesTheCursorBackAfterThePageThatIsUnderWay) {
  OpenWithSession();
  for (int i = 1; i <= 5; ++i) SessionPaid("evt_" + std::to_string(i), 3h);
  page_size_ = 2;
  std::stop_source stop;
  EventCatchUp stopped(store_, stripe_, webhooks_, pace_, registry_,
                       {.stopping = stop.get_token()});
  asked_ = [&] { stop.request_stop(); };
  EXPECT_EQ(*stopped.ReadWhenDue(), 0);
  EXPECT_EQ(server_.Requests().size(), 1u);
  EXPECT_EQ(Owner("SELECT failures || ' ' || (next_at <= now()) FROM payment.event_cursor"),
            "0 true");
  asked_ = {};
  ReadAll();
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.stripe_events"), "5") << "by another replica";
}

TEST_F(EventCatchUpTest, TakesWhatNoWebhookHasBrought) {
  OpenWithSession();
  SessionPaid("evt_paid", 3h);
  ChargeRefunded("evt_refund", 2h);
  ReadAll();
  EXPECT_EQ(Events(), "evt_paid processed list, evt_refund processed list");
  EXPECT_EQ(Owner("SELECT state || ' ' || refunded_cents FROM payment.payments"), "paid 989");
  EXPECT_NEAR(static_cast<double>(CursorAge()), 3600, 5);
}

TEST_F(EventCatchUpTest, LeavesAloneWhatAWebhookHasBrought) {
  OpenWithSession();
  SessionPaid("evt_paid", 3h);
  StripeEvent brought = Paid("evt_paid");
  brought.created = time::TimePoint(std::chrono::seconds(listed_.front().created));
  ASSERT_EQ(Apply(brought), "processed");
  ReadAll();
  EXPECT_EQ(Events(), "evt_paid processed webhook");
  EXPECT_NE(registry_.Serialize().find("stripe_events_missed_total 0"), std::string::npos);
}

TEST_F(EventCatchUpTest, ReadsTheLastHourAgain) {
  OpenWithSession();
  ReadAll();
  // Listed only now, though it happened before the last reading.
  SessionPaid("evt_late", 50min);
  BecomeDue();
  ReadAll();
  EXPECT_EQ(Events(), "evt_late processed list");
}

TEST_F(EventCatchUpTest, LeavesAYoungEventToItsWebhookAndNotAnOperatorsWish) {
  OpenWithSession();
  SessionPaid("evt_young", 10s);
  ReadAll();
  EXPECT_EQ(Events(), "");
  const auto report = catch_up_.ReadNow(Soon());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->read, 1);
  EXPECT_EQ(report->applied, 1);
  EXPECT_EQ(State(), "paid");
}

TEST_F(EventCatchUpTest, GoesThroughALongListInBoundedSteps) {
  OpenWithSession();
  page_size_ = 2;
  // More than the three pages of a reading, an hour and more apart.
  for (int i = 0; i < 40; ++i) {
    Happened("evt_" + std::to_string(100 + i), "checkout.session.completed", (60 - i) * 1h,
             Session("cs_other", "paid", ""));
  }
  SessionPaid("evt_paid", 90min);
  const int readings = ReadAll();
  EXPECT_GT(readings, 5);
  EXPECT_LE(server_.Requests().size(), static_cast<size_t>(3 * readings));
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.stripe_events WHERE source = 'list'"), "41");
  EXPECT_EQ(State(), "paid");
  EXPECT_NEAR(static_cast<double>(CursorAge()), 3600, 10);
}

TEST_F(EventCatchUpTest, ABusyLastHourDoesNotKeepItReadingForEver) {
  page_size_ = 1;
  for (int i = 0; i < 20; ++i) {
    Happened("evt_" + std::to_string(100 + i), "checkout.session.completed", (50 - i) * 1min,
             Session("cs_other", "paid", ""));
  }
  ReadAll();
  EXPECT_NEAR(static_cast<double>(CursorAge()), 3600, 10);
  EXPECT_EQ(Read(), 0) << "it is not due";
}

TEST_F(EventCatchUpTest, StaysWhereItIsWhileStripeDoesNotAnswer) {
  OpenWithSession();
  SessionPaid("evt_paid", 3h);
  failing_ = true;
  EXPECT_EQ(Read(), 0);
  EXPECT_EQ(Read(), 0) << "it waits";
  EXPECT_EQ(server_.Requests().size(), 1u);
  EXPECT_EQ(Owner("SELECT failures FROM payment.event_cursor"), "1");
  EXPECT_EQ(rpc::DetailOf(catch_up_.ReadNow(Soon()).status()).reason(), "stripe_unavailable");
  failing_ = false;
  BecomeDue();
  ReadAll();
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(Owner("SELECT failures FROM payment.event_cursor"), "0");
}

TEST_F(EventCatchUpTest, OneReplicaReadsAndACrashedOneIsReplaced) {
  const auto crashed = *store_.Claim(120s, /*anyway=*/false, Soon());
  ASSERT_TRUE(crashed.has_value());
  EXPECT_FALSE(store_.Claim(120s, false, Soon())->has_value());
  BecomeDue();
  ReadAll();
  const int64_t age = CursorAge();
  // Not dead after all, only late: what it has read counts for nothing.
  ASSERT_TRUE(store_.Move(*crashed, clock_.Now(), 0s, Soon()).ok());
  ASSERT_TRUE(store_.PutOff(*crashed, 1h, Soon()).ok());
  EXPECT_NEAR(static_cast<double>(CursorAge()), static_cast<double>(age), 5);
  EXPECT_EQ(Owner("SELECT failures FROM payment.event_cursor"), "0");
}

TEST_F(EventCatchUpTest, TriesEventsAgainWhosePaymentIsKnownByNow) {
  for (int i = 0; i < 5; ++i) Apply(Paid("evt_" + std::to_string(i)));
  // The row was not there, as after a restore; now it is, and nothing of Stripe's will come again.
  ASSERT_EQ(*store_.UnmatchedLeft(Soon()), 5);
  OpenWithSession();
  catch_up_.TryWaiting(Soon());
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(*store_.UnmatchedLeft(Soon()), 0);
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.stripe_events WHERE outcome = 'processed'"), "1");
}

TEST_F(EventCatchUpTest, EventsOfOthersDoNotHideOurs) {
  Owner(
      "INSERT INTO payment.unmatched_events (event_id, created_at, session_id)"
      " SELECT 'evt_a' || n, now(), 'cs_foreign' || n FROM generate_series(1, 1200) AS n");
  Apply(Paid("evt_b"));
  OpenWithSession();
  for (int i = 0; i < 3; ++i) catch_up_.TryWaiting(Soon());
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(*store_.UnmatchedLeft(Soon()), 1200);
}

}  // namespace
}  // namespace fsft::payment
