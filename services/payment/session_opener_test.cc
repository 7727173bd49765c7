#include "services/payment/session_opener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <mutex>

#include "services/payment/test_payments.h"
#include "services/payment/test_sessions.h"
#include "shared/http/test_server.h"
#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// No answer at all; the client asks three times then.
constexpr char kHangUp[] = "";
constexpr char kReplayed[] = "Idempotent-Replayed: true\r\n";

std::string HeaderOf(const std::string& request, const std::string& name) {
  const size_t at = request.find(name + ": ");
  if (at == std::string::npos) return "";
  const size_t begin = at + name.size() + 2;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

std::string BodyOf(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

// Stripe answers what the test has prepared; without that it opens a session for each key.
class SessionOpenerTest : public PaymentsTest {
 protected:
  std::string Respond(const std::string& request) {
    std::function<void()> meanwhile;
    {
      const std::lock_guard lock(mutex_);
      std::swap(meanwhile, meanwhile_);
    }
    if (meanwhile) meanwhile();
    const std::lock_guard lock(mutex_);
    std::deque<std::string>& prepared = request.starts_with("POST") ? creations_ : searches_;
    if (prepared.empty()) {
      const std::string key = HeaderOf(request, "Idempotency-Key");
      return Found(Session("cs_of_" + key, "open", key));
    }
    std::string answer = prepared.front();
    prepared.pop_front();
    return answer;
  }

  absl::StatusOr<OpenPayment> Open(const std::string& payment_id = kPayment) {
    return opener_.Open(Wanted(payment_id), Soon());
  }
  rpc::ErrorDetail RefusalOf(const std::string& payment_id = kPayment) {
    const auto payment = Open(payment_id);
    EXPECT_FALSE(payment.ok());
    rpc::ErrorDetail detail = rpc::DetailOf(payment.status());
    EXPECT_EQ(detail.ids().at("payment_id"), kPayment);
    EXPECT_EQ(detail.ids().at("draft_id"), kDraft);
    return detail;
  }
  void LetTimePass(const char* interval) {
    Owner(std::string("UPDATE payment.payments SET session_expires_at = session_expires_at - "
                      "interval '") +
          interval + "', created_at = created_at - interval '" + interval + "'");
  }
  std::string Payments() {
    return Owner(
        "SELECT string_agg(state, ',' ORDER BY created_at, payment_id) "
        "FROM payment.payments");
  }
  std::string EndReason() {
    return Owner("SELECT reason FROM payment.audit_log WHERE action = 'end'");
  }
  std::string PaidBy() {
    return Owner(
        "SELECT event_id || ' ' || source FROM payment.stripe_events "
        "WHERE type = 'checkout.session.completed' AND outcome = 'processed'");
  }

  std::mutex mutex_;
  std::deque<std::string> creations_, searches_;
  // Done once, while Stripe thinks.
  std::function<void()> meanwhile_;
  http::TestServer server_{[this](const std::string& request) { return Respond(request); }};
  http::Client http_;
  time::SystemClock clock_;
  CircuitBreaker breaker_{clock_, registry_};
  StripeApi api_{http_, breaker_, {.base = server_.Url(""), .secret_key = [] {
                                     return config::Secret("sk_test_1");
                                   }}};
  StripeClient stripe_{api_};
  Webhooks webhooks_{events_, clock_, registry_, {}};
  SessionCheck check_{checkouts_, stripe_, webhooks_};
  int opened_ = 0;
  SessionOpener opener_{checkouts_, stripe_, check_, clock_, [this] { ++opened_; }};
};

TEST_F(SessionOpenerTest, AsksStripeOnceAndAnswersTheSameSessionAgain) {
  auto first = Open();
  ASSERT_TRUE(first.ok()) << first.status();
  auto again = Open(kOtherPayment);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->payment_id, kPayment);
  EXPECT_EQ(opened_, 1);
  EXPECT_EQ(again->session_id, first->session_id);
  EXPECT_EQ(again->checkout_url, first->checkout_url);
  EXPECT_EQ(server_.Requests().size(), 1u);
}

TEST_F(SessionOpenerTest, RepeatsTheSameBytesUnderTheSameKeyAfterAFailure) {
  creations_ = {http::Answer("500 Internal Server Error", "{}"), kHangUp, kHangUp, kHangUp};
  EXPECT_EQ(RefusalOf().reason(), "stripe_unavailable");
  // By now the configuration may ask for another price; what was stored counts.
  NewPayment other = Wanted(kOtherPayment);
  other.amount_cents = 1;
  EXPECT_EQ(rpc::DetailOf(opener_.Open(other, Soon()).status()).reason(), "stripe_unavailable");
  ASSERT_TRUE(opener_.Open(other, Soon()).ok());

  const auto requests = server_.Requests();
  ASSERT_EQ(requests.size(), 5u);
  EXPECT_EQ(HeaderOf(requests[0], "Idempotency-Key"), kPayment);
  for (const std::string& request : requests) {
    EXPECT_EQ(HeaderOf(request, "Idempotency-Key"), kPayment);
    EXPECT_EQ(BodyOf(request), BodyOf(requests[0]));
  }
  EXPECT_EQ(Payments(), "pending");
}

TEST_F(SessionOpenerTest, KeepsTheOrderAndSaysWhenToComeBackWhileStripeDoesNotAnswer) {
  for (int i = 0; i < BreakerOptions{}.failures; ++i) breaker_.Leave(breaker_.Enter(), false);
  const rpc::ErrorDetail detail = RefusalOf();
  EXPECT_EQ(detail.reason(), "stripe_unavailable");
  EXPECT_GT(detail.retry_after().seconds(), 0);
  EXPECT_TRUE(server_.Requests().empty());
  EXPECT_EQ(Payments(), "pending");
}

TEST_F(SessionOpenerTest, WaitsForATwinThatIsStillAtWork) {
  creations_ = {http::Answer("409 Conflict", "{}"), http::Answer("409 Conflict", "{}")};
  auto payment = Open();
  ASSERT_TRUE(payment.ok()) << payment.status();
  EXPECT_EQ(server_.Requests().size(), 3u);
}

TEST_F(SessionOpenerTest, DoesNotWaitForATwinForEver) {
  creations_.resize(100, http::Answer("409 Conflict", "{}"));
  const rpc::ErrorDetail refusal = RefusalOf();
  EXPECT_EQ(refusal.reason(), "stripe_busy");
  EXPECT_EQ(refusal.retry_after().seconds(), 1);
  EXPECT_EQ(Payments(), "pending");
}

TEST_F(SessionOpenerTest, PassesOnHowLongStripeWantsUsToWait) {
  creations_ = {http::Answer("429 Too Many Requests", "{}", "Retry-After: 7\r\n")};
  const rpc::ErrorDetail refusal = RefusalOf();
  EXPECT_EQ(refusal.reason(), "stripe_busy");
  EXPECT_EQ(refusal.retry_after().seconds(), 7);
  EXPECT_EQ(server_.Requests().size(), 1u);
}

TEST_F(SessionOpenerTest, KeepsTheOrderThatStripeRefuses) {
  creations_ = {http::Answer("400 Bad Request", R"({"error": {"type": "idempotency_error"}})")};
  EXPECT_EQ(RefusalOf().reason(), "stripe_refused");
  EXPECT_EQ(Payments(), "pending");
}

TEST_F(SessionOpenerTest, AdoptsTheSessionThatWasOpenedBehindAStoredFailure) {
  creations_ = {http::Answer("500 Internal Server Error", "{}", kReplayed)};
  searches_ = {Page(Session("cs_2", "open", "another payment"), /*has_more=*/true),
               Page(Session("cs_1", "open", kPayment))};
  auto payment = Open();
  ASSERT_TRUE(payment.ok()) << payment.status();
  EXPECT_EQ(payment->payment_id, kPayment);
  EXPECT_EQ(payment->session_id, "cs_1");
  EXPECT_EQ(payment->checkout_url, "https://pay/cs_1");
  EXPECT_EQ(Payments(), "pending");

  const auto requests = server_.Requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_THAT(requests[1], HasSubstr("created%5Bgte%5D="));
  EXPECT_THAT(requests[2], HasSubstr("starting_after=cs_2"));
}

TEST_F(SessionOpenerTest, OpensANewPaymentWhenAStoredFailureLeftNoSession) {
  creations_ = {http::Answer("500 Internal Server Error", "{}", kReplayed)};
  searches_ = {Page("")};
  auto payment = Open();
  ASSERT_TRUE(payment.ok()) << payment.status();
  EXPECT_NE(payment->payment_id, kPayment);
  EXPECT_EQ(payment->session_id, "cs_of_" + payment->payment_id);
  EXPECT_EQ(Payments(), "failed,pending");
  EXPECT_EQ(EndReason(), "no_session_at_stripe");
}

TEST_F(SessionOpenerTest, EndsNothingWhenTheListCannotBeReadToItsEnd) {
  creations_ = {http::Answer("500 Internal Server Error", "{}", kReplayed)};
  searches_ = {Page(Session("cs_2", "open", "another payment"), /*has_more=*/true),
               http::Answer("500 Internal Server Error", "{}")};
  EXPECT_EQ(RefusalOf().reason(), "stripe_unavailable");
  EXPECT_EQ(Payments(), "pending");
}

TEST_F(SessionOpenerTest, AsksForNothingUnderAKeyThatStripeMayHaveForgotten) {
  ASSERT_TRUE(checkouts_.Open(Wanted(), Soon()).ok());
  LetTimePass("22 hours 1 minute");
  searches_ = {Page(Session("cs_1", "open", kPayment))};
  EXPECT_EQ(Open(kOtherPayment)->session_id, "cs_1");
  EXPECT_THAT(server_.Requests(), ElementsAre(StartsWith("GET ")));
}

TEST_F(SessionOpenerTest, ReplacesAPaymentThatNeverGotASession) {
  ASSERT_TRUE(checkouts_.Open(Wanted(), Soon()).ok());
  LetTimePass("25 hours");
  searches_ = {Page("")};
  EXPECT_NE(Open(kOtherPayment)->payment_id, kPayment);
  EXPECT_EQ(Payments(), "failed,pending");
}

TEST_F(SessionOpenerTest, ReplacesAPaymentWhoseSessionHasExpired) {
  OpenWithSession();
  LetTimePass("23 hours");
  searches_ = {Found(Session("cs_test_1", "expired", kPayment))};
  auto payment = Open(kOtherPayment);
  ASSERT_TRUE(payment.ok()) << payment.status();
  EXPECT_NE(payment->payment_id, kPayment);
  EXPECT_EQ(Payments(), "expired,pending");
  EXPECT_EQ(Owner("SELECT type || ' ' || source || ' ' || outcome FROM payment.stripe_events"),
            "checkout.session.expired check processed");
  EXPECT_THAT(server_.Requests().front(), StartsWith("GET /v1/checkout/sessions/cs_test_1?"));
}

TEST_F(SessionOpenerTest, TakesAPaymentThatStripeHasNotToldOfYet) {
  OpenWithSession();
  LetTimePass("23 hours");
  searches_ = {Found(Session("cs_test_1", "paid", kPayment))};
  EXPECT_EQ(RefusalOf(kOtherPayment).reason(), "already_paid");
  EXPECT_EQ(Payments(), "paid");
  EXPECT_EQ(Apply(Paid()), "duplicate");
  EXPECT_EQ(PaidBy(), "check:cs_test_1:complete check");
}

TEST_F(SessionOpenerTest, TakesNoSecondPaymentWhileTheMoneyIsOnItsWay) {
  OpenWithSession();
  LetTimePass("23 hours");
  searches_ = {Found(Session("cs_test_1", "complete", kPayment))};
  EXPECT_EQ(RefusalOf(kOtherPayment).reason(), "already_paid");
  EXPECT_EQ(Payments(), "pending");
  EXPECT_EQ(Apply(Paid()), "processed");
  EXPECT_EQ(State(), "paid");
}

TEST_F(SessionOpenerTest, TakesMoneyThatDoesNotFitToReview) {
  OpenWithSession();
  LetTimePass("23 hours");
  searches_ = {Found(Session("cs_test_1", "paid", kPayment, 1))};
  EXPECT_EQ(RefusalOf(kOtherPayment).reason(), "in_review");
  EXPECT_EQ(Payments(), "review");
}

TEST_F(SessionOpenerTest, ReplacesAPaymentWhoseSessionStripeDoesNotKnow) {
  OpenWithSession();
  LetTimePass("23 hours");
  searches_ = {http::Answer("404 Not Found", "{}")};
  EXPECT_NE(Open(kOtherPayment)->payment_id, kPayment);
  EXPECT_EQ(Payments(), "failed,pending");
}

TEST_F(SessionOpenerTest, OffersNoPageForAPaymentThatWasPaidWhileStripeWasThinking) {
  StripeEvent event = Paid();
  event.session_id = std::string("cs_of_") + kPayment;
  meanwhile_ = [&] { Apply(event); };
  EXPECT_EQ(RefusalOf().reason(), "already_paid");
  EXPECT_EQ(State(), "paid");
}

TEST_F(SessionOpenerTest, OffersNoPageForAPaymentThatEndedWhileStripeWasThinking) {
  meanwhile_ = [&] { End({"failed", "no_session_at_stripe"}); };
  auto payment = Open();
  ASSERT_TRUE(payment.ok()) << payment.status();
  EXPECT_NE(payment->payment_id, kPayment);
  EXPECT_EQ(Payments(), "failed,pending");
}

// The event names no payment, only the session, which is not known before Stripe has answered.
TEST_F(SessionOpenerTest, MatchesAnEventThatCameBeforeItsSessionWasKnown) {
  StripeEvent event = Paid();
  event.payment_id.clear();
  event.session_id = std::string("cs_of_") + kPayment;
  ASSERT_EQ(Apply(event), "unmatched");
  EXPECT_EQ(RefusalOf().reason(), "already_paid");
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(Owner("SELECT outcome || ':' || payment_id FROM payment.stripe_events"),
            std::string("processed:") + kPayment);
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.unmatched_events"), "0");
}

TEST_F(SessionOpenerTest, DoesNotEndAPaymentThatIsPaidMeanwhile) {
  OpenWithSession();
  LetTimePass("23 hours");
  searches_ = {Found(Session("cs_test_1", "expired", kPayment))};
  meanwhile_ = [&] { Apply(Paid()); };
  // Stripe has said both, so somebody has to look at it.
  EXPECT_EQ(RefusalOf(kOtherPayment).reason(), "in_review");
  EXPECT_EQ(Payments(), "review");
}

TEST_F(SessionOpenerTest, LeadsConcurrentCheckoutsOnTwoReplicasToOneSession) {
  SessionOpener replica(checkouts_, stripe_, check_, clock_);
  std::vector<std::future<std::string>> checkouts;
  for (int i = 0; i < 8; ++i) {
    checkouts.push_back(std::async(std::launch::async, [&, i] {
      const std::string id = "0193a000-0000-7000-8000-00000000010" + std::to_string(i);
      auto payment = (i % 2 == 0 ? opener_ : replica).Open(Wanted(id), Soon());
      return payment.ok() ? payment->payment_id + payment->session_id : payment.status().ToString();
    }));
  }
  const std::string first = checkouts[0].get();
  for (size_t i = 1; i < checkouts.size(); ++i) EXPECT_EQ(checkouts[i].get(), first);
  EXPECT_EQ(Payments(), "pending");
}

TEST_F(SessionOpenerTest, EndsWhatCanStillBePaidBeforeAnAppealIsChanged) {
  const auto open = Open();
  ASSERT_TRUE(open.ok()) << open.status();
  creations_ = {Found(Session(open->session_id, "expired", kPayment))};
  EXPECT_TRUE(opener_.EndAll(kIntake, Soon()).ok());
  EXPECT_EQ(Payments(), "expired");
  EXPECT_EQ(EndReason(), "appeal_changed");
  EXPECT_THAT(server_.Requests().back(), HasSubstr("/" + open->session_id + "/expire"));
  // There is nothing left to end, and Stripe is not asked for it.
  const size_t asked = server_.Requests().size();
  EXPECT_TRUE(opener_.EndAll(kIntake, Soon()).ok());
  EXPECT_EQ(server_.Requests().size(), asked);
}

TEST_F(SessionOpenerTest, LeadsAPaymentWithoutASessionToOneBeforeItIsEnded) {
  creations_ = {kHangUp, kHangUp, kHangUp};
  EXPECT_EQ(RefusalOf().reason(), "stripe_unavailable");
  creations_ = {Found(Session("cs_late", "open", kPayment)),
                Found(Session("cs_late", "expired", kPayment))};
  EXPECT_TRUE(opener_.EndAll(kIntake, Soon()).ok());
  EXPECT_EQ(Payments(), "expired");
}

TEST_F(SessionOpenerTest, EndsNothingThatMoneyHasComeFor) {
  const auto open = Open();
  ASSERT_TRUE(open.ok()) << open.status();
  creations_ = {http::Answer("400 Bad Request", "{}")};
  searches_ = {Found(Session(open->session_id, "paid", kPayment))};
  EXPECT_EQ(rpc::DetailOf(opener_.EndAll(kIntake, Soon())).reason(), "already_paid");
  EXPECT_EQ(Payments(), "paid");
}

TEST_F(SessionOpenerTest, DoesNotSayThatACheckoutHasEndedWhenStripeIsSilent) {
  ASSERT_TRUE(Open().ok());
  creations_ = {kHangUp, kHangUp, kHangUp};
  EXPECT_EQ(rpc::DetailOf(opener_.EndAll(kIntake, Soon())).reason(), "stripe_unavailable");
  EXPECT_EQ(Payments(), "pending");
}

}  // namespace
}  // namespace fsft::payment
