#include "services/fulfillment/address/verifying_checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "shared/http/test_server.h"

namespace fsft::fulfillment {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

const Address kHouse = {
    .line1 = "210 King Street", .city = "San Francisco", .state = "CA", .zip = "94107"};

json Verified(const char* deliverability, const char* primary_line = "210 King St") {
  return {{"primary_line", primary_line},
          {"secondary_line", ""},
          {"deliverability", deliverability},
          {"components",
           {{"city", "San Francisco"},
            {"state", "CA"},
            {"zip_code", "94107"},
            {"zip_code_plus_4", "1702"}}}};
}

class VerifyingCheckerTest : public ::testing::Test {
 protected:
  VerifyingChecker Checker(int per_hour = 100, const char* key = "test_key") {
    return {{.api_base = "https://lob.test/v1",
             .api_key = [key] { return config::Secret(key); },
             .per_hour = per_hour},
            clock_,
            metrics_,
            [this](const http::Request& request) {
              sent_ = request;
              ++asked_;
              return answer_;
            }};
  }

  AddressFinding Check(VerifyingChecker& checker, const Address& address = kHouse) {
    return checker.Check(address, rpc::In(seconds(60)));
  }

  void Answer(int status, const std::string& body = "{}", http::Headers headers = {}) {
    answer_ = http::Response{.status = status, .headers = std::move(headers), .body = body};
  }

  static std::string Told(const AddressFinding& finding) {
    std::string told;
    for (const Advice& advice : finding.advice) {
      told.append(told.empty() ? "" : " ").append(advice.field).append(":").append(advice.code);
    }
    return told;
  }

  int Counted(const std::string& outcome) {
    return static_cast<int>(metrics_
                                .AddCounter("address_checks_total",
                                            "Addresses looked at, by what Lob said of them.",
                                            {{"outcome", outcome}})
                                .Value());
  }

  time::FakeClock clock_{time::TimePoint(std::chrono::hours(500'000))};
  metrics::Registry metrics_;
  http::Request sent_;
  int asked_ = 0;
  absl::StatusOr<http::Response> answer_ =
      http::Response{.status = 200, .headers = {}, .body = Verified("deliverable").dump()};
};

TEST_F(VerifyingCheckerTest, EachWordOfLobsHasItsVerdictAndAdvice) {
  struct Case {
    const char* word;
    AddressVerdict verdict;
    const char* told;
  };
  constexpr Case kCases[] = {
      {"deliverable", AddressVerdict::kDeliverable, ""},
      {"deliverable_unnecessary_unit", AddressVerdict::kDeliverable, "line2:unnecessary_unit"},
      {"deliverable_incorrect_unit", AddressVerdict::kDeliverable, "line2:incorrect_unit"},
      {"deliverable_missing_unit", AddressVerdict::kDeliverable, "line2:missing_unit"},
      {"undeliverable", AddressVerdict::kUndeliverable, "line1:undeliverable"},
      {"", AddressVerdict::kUnknown, ""},
  };
  for (const auto& [word, verdict, told] : kCases) {
    VerifyingChecker checker = Checker();
    Answer(200, Verified(word).dump());
    const AddressFinding finding = Check(checker);
    EXPECT_EQ(finding.verdict, verdict) << word;
    EXPECT_EQ(Told(finding), told) << word;
    EXPECT_EQ(Counted(*word == '\0' ? "not_said" : word), 1) << word;
  }
}

TEST_F(VerifyingCheckerTest, TheRulesSpeakBesideLob) {
  VerifyingChecker checker = Checker();
  Answer(200, Verified("undeliverable").dump());
  Address address = kHouse;
  address.state = "nv";
  EXPECT_EQ(Told(Check(checker, address)), "line1:undeliverable zip:zip_of_other_state");
  EXPECT_THAT(sent_.body, HasSubstr("state=NV"));
}

TEST_F(VerifyingCheckerTest, LobsRefusalTakesThePlaceOfOurGuess) {
  VerifyingChecker checker = Checker();
  Answer(200, Verified("undeliverable").dump());
  Address address = kHouse;
  address.line1 = "King Street";
  EXPECT_EQ(Told(Check(checker, address)), "line1:undeliverable");
}

TEST_F(VerifyingCheckerTest, WithoutABudgetOrAKeyOnlyTheRulesSpeak) {
  VerifyingChecker without_budget = Checker(0);
  VerifyingChecker without_key = Checker(100, "");
  Address address = kHouse;
  address.line1 = "King Street";
  for (VerifyingChecker* checker : {&without_budget, &without_key}) {
    const AddressFinding finding = Check(*checker, address);
    EXPECT_EQ(finding.verdict, AddressVerdict::kUnknown);
    EXPECT_EQ(Told(finding), "line1:no_house_number");
  }
  EXPECT_EQ(asked_, 0);
  EXPECT_EQ(Counted("off"), 2);
}

TEST_F(VerifyingCheckerTest, SuggestsWhatSaysSomethingElse) {
  VerifyingChecker checker = Checker();
  EXPECT_FALSE(Check(checker).suggestion) << "the same, abbreviated";
  Address other_zip = kHouse;
  other_zip.zip = "94105";
  const AddressFinding finding = Check(checker, other_zip);
  ASSERT_TRUE(finding.suggestion);
  EXPECT_EQ(finding.suggestion->zip, "94107-1702");
  Answer(200, Verified("deliverable", "210 Kings Rd").dump());
  Address other_street = kHouse;
  other_street.line1 = "210 King Rd";
  EXPECT_TRUE(Check(checker, other_street).suggestion);
}

TEST_F(VerifyingCheckerTest, AsksOnceAboutAnAddressThatIsCheckedAgain) {
  VerifyingChecker checker = Checker();
  Answer(200, Verified("undeliverable").dump());
  Check(checker);
  Address spaced = kHouse;
  spaced.line1 = "  210 King Street ";
  spaced.state = "ca";
  const AddressFinding again = Check(checker, spaced);
  EXPECT_EQ(again.verdict, AddressVerdict::kUndeliverable);
  EXPECT_EQ(Told(again), "line1:undeliverable");
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(Counted("remembered"), 1);
}

TEST_F(VerifyingCheckerTest, DoesNotAskAboutWhatItHasSuggested) {
  VerifyingChecker checker = Checker();
  Address other_zip = kHouse;
  other_zip.zip = "94105";
  const AddressFinding finding = Check(checker, other_zip);
  ASSERT_TRUE(finding.suggestion);
  const AddressFinding taken = Check(checker, *finding.suggestion);
  EXPECT_EQ(taken.verdict, finding.verdict);
  EXPECT_FALSE(taken.suggestion);
  EXPECT_EQ(asked_, 1);
}

TEST_F(VerifyingCheckerTest, PaysForNoMoreThanTheBudget) {
  VerifyingChecker checker = Checker(2);
  for (const char* line1 : {"1 King St", "2 King St", "3 King St"}) {
    Address address = kHouse;
    address.line1 = line1;
    EXPECT_EQ(Check(checker, address).verdict,
              *line1 == '3' ? AddressVerdict::kUnknown : AddressVerdict::kDeliverable);
  }
  EXPECT_EQ(asked_, 2);
  EXPECT_EQ(Counted("over_budget"), 1);
}

TEST_F(VerifyingCheckerTest, PaysForNothingThatIsNotWhole) {
  VerifyingChecker checker = Checker();
  Address address = kHouse;
  address.zip = "9410";
  EXPECT_EQ(Told(Check(checker, address)), "zip:invalid");
  EXPECT_EQ(asked_, 0);
  EXPECT_EQ(Counted("not_whole"), 1);
}

// Who waits has a second, and less when the caller has less.
TEST_F(VerifyingCheckerTest, WaitsNoLongerThanTheCallerCan) {
  VerifyingChecker checker = Checker();
  Check(checker);
  EXPECT_EQ(sent_.total_timeout, milliseconds(1'000));
  Address other = kHouse;
  other.line1 = "211 King Street";
  checker.Check(other, rpc::In(milliseconds(900)));
  EXPECT_LE(sent_.total_timeout, milliseconds(800));
  EXPECT_EQ(asked_, 2);
  other.line1 = "212 King Street";
  EXPECT_EQ(checker.Check(other, rpc::In(milliseconds(250))).verdict, AddressVerdict::kUnknown);
  EXPECT_EQ(asked_, 2) << "an answer would come too late";
  EXPECT_EQ(Counted("no_time"), 1);
}

TEST_F(VerifyingCheckerTest, LeavesLobAloneForAWhileAfterATrouble) {
  struct Case {
    const char* outcome;
    absl::StatusOr<http::Response> answer;
    seconds pause;
  };
  const Case kCases[] = {
      {"slow", absl::DeadlineExceededError("late"), seconds(10)},
      {"failed", absl::UnavailableError("down"), seconds(10)},
      {"failed", http::Response{.status = 500, .headers = {}, .body = ""}, seconds(10)},
      {"failed", http::Response{.status = 200, .headers = {}, .body = "<html>"}, seconds(10)},
      {"rate_limited", http::Response{.status = 429, .headers = {}, .body = ""}, seconds(30)},
      {"rate_limited",
       http::Response{.status = 429, .headers = {{"Retry-After", "60"}}, .body = ""}, seconds(60)},
      {"refused", http::Response{.status = 403, .headers = {}, .body = ""}, seconds(900)},
  };
  for (const auto& [outcome, answer, pause] : kCases) {
    VerifyingChecker checker = Checker();
    const int before = asked_;
    answer_ = answer;
    EXPECT_EQ(Check(checker).verdict, AddressVerdict::kUnknown) << outcome;
    Answer(200, Verified("deliverable").dump());
    clock_.Advance(pause - seconds(1));
    EXPECT_EQ(Check(checker).verdict, AddressVerdict::kUnknown) << outcome;
    EXPECT_EQ(asked_, before + 1) << outcome;
    clock_.Advance(seconds(1));
    EXPECT_EQ(Check(checker).verdict, AddressVerdict::kDeliverable) << outcome;
  }
  EXPECT_EQ(Counted("failed"), 3);
  EXPECT_EQ(Counted("slow"), 1);
  EXPECT_EQ(Counted("rate_limited"), 2);
  EXPECT_EQ(Counted("refused"), 1);
  EXPECT_EQ(Counted("paused"), 7);
}

TEST_F(VerifyingCheckerTest, AnAddressThatLobCannotReadIsNobodysTrouble) {
  VerifyingChecker checker = Checker();
  Answer(422);
  EXPECT_EQ(Check(checker).verdict, AddressVerdict::kUnknown);
  Answer(200, Verified("deliverable").dump());
  EXPECT_EQ(Check(checker).verdict, AddressVerdict::kDeliverable) << "asked again at once";
  EXPECT_EQ(Counted("unreadable"), 1);
}

// P10: what a customer typed is in no metric.
TEST_F(VerifyingCheckerTest, MetricsNameNoAddress) {
  VerifyingChecker checker = Checker();
  Check(checker);
  EXPECT_THAT(metrics_.Serialize(), Not(HasSubstr("King")));
}

TEST(VerifyingCheckerNetworkTest, AServerThatNeverAnswersHoldsUpNobodyForLong) {
  time::SystemClock clock;
  metrics::Registry metrics;
  const http::Client http;
  http::TestServer* waiting = nullptr;
  http::TestServer server([&](const std::string&) { return waiting->UntilStopped(); });
  waiting = &server;
  VerifyingChecker checker({.api_base = server.Url("/v1"),
                            .api_key = [] { return config::Secret("test_key"); },
                            .per_hour = 10},
                           clock, metrics,
                           [&](const http::Request& request) { return http.Send(request); });
  const AddressFinding finding = checker.Check(kHouse, rpc::In(seconds(60)));
  EXPECT_EQ(finding.verdict, AddressVerdict::kUnknown);
  EXPECT_THAT(metrics.Serialize(), HasSubstr(R"(address_checks_total{outcome="slow"} 1)"));
}

}  // namespace
}  // namespace fsft::fulfillment
