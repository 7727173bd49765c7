#include "services/fulfillment/mailing/mailer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "services/fulfillment/letter/pdf_tools.h"
#include "services/fulfillment/mailing/fake_printer.h"
#include "services/fulfillment/mailing/fake_submissions.h"
#include "services/fulfillment/test_orders.h"
#include "shared/crypto/digest.h"
#include "shared/images/sample_images.h"
#include "tests/support/statement_count.h"

namespace fsft::fulfillment {
namespace {

using namespace std::chrono_literals;

constexpr char kText[] = "The only sign on that block was covered by construction netting.";

class MailerTest : public LettersTest {
 protected:
  MailerTest() {
    options_.wake_relay = [this] { ++wakes_; };
  }

  // An order whose submission intake has.
  WantedLetter Order(const std::string& text = kText, std::string appeal_type = "standard",
                     int photographs = 0) {
    Submission submission;
    submission.mutable_sender()->set_name("Ada Rider");
    submission.mutable_sender()->set_address_line1("1 Main St");
    submission.mutable_agency()->set_name("SFMTA Citation Review");
    submission.mutable_citation()->set_number("912345678");
    submission.set_letter_text(text);
    submission.set_submitted_on("2026-11-02");
    for (int i = 1; i <= photographs; ++i) {
      const std::string jpeg = images::MakeJpeg({.width = 40 * i, .height = 30});
      auto& exhibit = *submission.add_exhibits();
      exhibit.set_exhibit_id("exhibit " + std::to_string(i));
      exhibit.set_sha256(crypto::Sha256(jpeg));
      exhibit.set_caption("caption " + std::to_string(i));
      submissions_.exhibits[exhibit.exhibit_id()] = jpeg;
    }
    WantedLetter order = NewOrder();
    order.appeal_type = std::move(appeal_type);
    order.content_sha256 = crypto::Sha256(submission.SerializeAsString());
    submissions_.bytes[order.draft_id] = submission.SerializeAsString();
    Put(order, "mail", 1);
    return order;
  }

  int MailOne() {
    Mailer mailer(mailing_, submissions_, *typesetter_, printer_, keys_, registry_, options_);
    const auto found = mailer.MailOne();
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(-1);
  }
  std::string StoredPdf(const std::string& payment_id) {
    return *OpenPdf(*ring_, payment_id, **store_.Pdf(payment_id, Soon()));
  }

  const std::string key_ = std::string(64, 'a');
  const std::shared_ptr<const crypto::KeyRing> ring_ =
      *crypto::KeyRing::Parse("wrap:w:" + key_ + "\nlookup:l:" + key_ + "\ntoken:t:" + key_ + "\n");
  crypto::FixedKeys keys_{ring_};
  const std::unique_ptr<Typesetter> typesetter_ = *Typesetter::Create();
  FakeSubmissions submissions_;
  FakePrinter printer_;
  Mailer::Options options_;
  std::atomic<int> wakes_{0};
};

TEST_F(MailerTest, AnEmptyQueueIsNoWork) { EXPECT_EQ(MailOne(), 0); }

TEST_F(MailerTest, MailsWhatWasPaidFor) {
  const WantedLetter order = Order();
  EXPECT_EQ(MailOne(), 1);
  ASSERT_EQ(printer_.jobs.size(), 1u);
  const PrintJob& job = printer_.jobs[0];
  EXPECT_EQ(job.payment_id, order.payment_id);
  EXPECT_EQ(job.generation, 1);
  EXPECT_EQ(job.to.name, "SFMTA Citation Review");
  EXPECT_EQ(job.from.name, "Ada Rider");
  EXPECT_FALSE(job.certified);
  EXPECT_EQ(State(order.payment_id), "mailed");
  EXPECT_EQ(Column(order.payment_id, "lob_letter_id"), "ltr_1");
  EXPECT_TRUE(StoredPdf(order.payment_id) == printer_.pdfs[0])
      << "the bytes that were printed are the ones that are kept";
  EXPECT_EQ(wakes_, 1) << "payment is to hear of it";
  EXPECT_EQ(MailOne(), 0);
}

TEST_F(MailerTest, WhoStopsGivesALetterBackForAnotherReplica) {
  const WantedLetter order = Order();
  options_.stopping = [] { return true; };
  EXPECT_EQ(MailOne(), 1);
  EXPECT_TRUE(printer_.jobs.empty());
  EXPECT_EQ(State(order.payment_id), "queued");
  EXPECT_EQ(Column(order.payment_id, "attempt || ' ' || failures || ' ' || reason"), "0 0 ");
  options_.stopping = nullptr;
  EXPECT_EQ(MailOne(), 1);
  EXPECT_EQ(State(order.payment_id), "mailed");
}

TEST_F(MailerTest, ACertifiedAppealGoesCertified) {
  Order(kText, "certified");
  MailOne();
  EXPECT_TRUE(printer_.jobs.at(0).certified);
}

TEST_F(MailerTest, TheAttemptIsOnDiskBeforeThePrinterIsAsked) {
  const WantedLetter order = Order();
  std::string state, attempt;
  printer_.during = [&](const PrintJob&) {
    state = State(order.payment_id);
    attempt = Column(order.payment_id, "attempt");
  };
  MailOne();
  EXPECT_EQ(state, "sending");
  EXPECT_EQ(attempt, "1");
}

TEST_F(MailerTest, AfterATimeOutTheSameBytesGoUnderTheSameKey) {
  const WantedLetter order = Order();
  printer_.answer = Unknown{"printer_timeout"};
  MailOne();
  EXPECT_EQ(State(order.payment_id), "sending");
  EXPECT_EQ(MailOne(), 0) << "not before two minutes have passed";
  MakeDue(order.payment_id);
  printer_.answer = Accepted{};
  MailOne();
  ASSERT_EQ(printer_.jobs.size(), 2u);
  EXPECT_TRUE(printer_.pdfs[0] == printer_.pdfs[1]);
  EXPECT_EQ(printer_.jobs[0].payment_id, printer_.jobs[1].payment_id);
  EXPECT_EQ(printer_.jobs[0].generation, printer_.jobs[1].generation);
  EXPECT_EQ(State(order.payment_id), "mailed");
}

TEST_F(MailerTest, AProofOfNothingQueuesTheLetterAgain) {
  const WantedLetter order = Order();
  printer_.answer = NotNow{.cause = NotNow::Cause::kRateLimited, .retry_after = 17s};
  MailOne();
  EXPECT_EQ(State(order.payment_id), "queued");
  EXPECT_EQ(Column(order.payment_id, "reason"), "printer_rate_limited");
  EXPECT_EQ(Column(order.payment_id, "next_at BETWEEN now() AND now() + interval '17 seconds'"),
            "t");
}

TEST_F(MailerTest, ARefusedLetterWaitsForAnOperator) {
  const WantedLetter order = Order();
  printer_.answer = Refused{"printer_refused_invalid"};
  MailOne();
  EXPECT_EQ(State(order.payment_id), "dead_letter");
  EXPECT_EQ(Column(order.payment_id, "reason"), "printer_refused_invalid");
  MakeDue(order.payment_id);
  EXPECT_EQ(MailOne(), 0);
}

TEST_F(MailerTest, WhatWasNotPaidForIsNeverMailed) {
  const WantedLetter order = Order();
  submissions_.bytes[order.draft_id] += "x";
  MailOne();
  EXPECT_EQ(printer_.jobs.size(), 0u);
  EXPECT_EQ(State(order.payment_id), "dead_letter");
  EXPECT_EQ(Column(order.payment_id, "reason"), "content_mismatch");
}

TEST_F(MailerTest, WaitsForIntake) {
  const WantedLetter order = Order();
  submissions_.status = absl::UnavailableError("");
  EXPECT_EQ(MailOne(), 1);
  EXPECT_EQ(State(order.payment_id), "queued");
  EXPECT_EQ(Column(order.payment_id, "reason"), "intake_unavailable");
  EXPECT_EQ(Column(order.payment_id, "failures"), "0");
  submissions_.status = absl::OkStatus();
  MakeDue(order.payment_id);
  MailOne();
  EXPECT_EQ(State(order.payment_id), "mailed");
}

TEST_F(MailerTest, ASubmissionThatIsGoneIsADeadLetter) {
  const WantedLetter order = Order();
  submissions_.status = absl::NotFoundError("");
  MailOne();
  EXPECT_EQ(State(order.payment_id), "dead_letter");
  EXPECT_EQ(Column(order.payment_id, "reason"), "submission_gone");
}

TEST_F(MailerTest, PrintsThePhotographsThatWerePaidFor) {
  Order(kText, "standard", 2);
  MailOne();
  const std::string& pdf = printer_.pdfs.at(0);
  EXPECT_EQ(PdfJpegs(pdf), (std::vector<std::string>{submissions_.exhibits["exhibit 1"],
                                                     submissions_.exhibits["exhibit 2"]}));
  const std::string text = PdfText(pdf);
  EXPECT_THAT(text, testing::HasSubstr("Enclosures: 2 photographs"));
  EXPECT_LT(text.find("caption 1"), text.find("caption 2"));
}

TEST_F(MailerTest, PhotographsAreFetchedOnceHoweverOftenTheLetterIsTried) {
  const WantedLetter order = Order(kText, "standard", 1);
  printer_.answer = Unknown{"printer_timeout"};
  MailOne();
  submissions_.exhibits.clear();
  MakeDue(order.payment_id);
  printer_.answer = Accepted{};
  MailOne();
  EXPECT_EQ(State(order.payment_id), "mailed");
  EXPECT_EQ(submissions_.exhibit_calls, 1);
}

TEST_F(MailerTest, WaitsForIntakesPhotographs) {
  const WantedLetter order = Order(kText, "standard", 1);
  submissions_.exhibit_status = absl::UnavailableError("");
  MailOne();
  EXPECT_EQ(State(order.payment_id), "queued");
  EXPECT_EQ(Column(order.payment_id, "reason"), "intake_unavailable");
  submissions_.exhibit_status = absl::OkStatus();
  MakeDue(order.payment_id);
  MailOne();
  EXPECT_EQ(State(order.payment_id), "mailed");
}

TEST_F(MailerTest, APhotographThatIsGoneOrAnotherOneIsADeadLetter) {
  WantedLetter order = Order(kText, "standard", 2);
  submissions_.exhibits.erase("exhibit 2");
  MailOne();
  EXPECT_EQ(State(order.payment_id), "dead_letter");
  EXPECT_EQ(Column(order.payment_id, "reason"), "exhibit_gone");

  order = Order(kText, "standard", 1);
  submissions_.exhibits["exhibit 1"] += "x";
  MailOne();
  EXPECT_EQ(State(order.payment_id), "dead_letter");
  EXPECT_EQ(Column(order.payment_id, "reason"), "exhibit_mismatch");
  EXPECT_EQ(printer_.jobs.size(), 0u);
}

TEST_F(MailerTest, ALetterThatCannotBeTypesetIsADeadLetterWithTheReason) {
  const WantedLetter order = Order("no font has \xCD\xB8");
  MailOne();
  EXPECT_EQ(printer_.jobs.size(), 0u);
  EXPECT_EQ(State(order.payment_id), "dead_letter");
  EXPECT_EQ(Column(order.payment_id, "reason"), "unprintable_character");
}

TEST_F(MailerTest, ACancelBeforeTheCommitThatSetsSendingWins) {
  const WantedLetter order = Order();
  submissions_.during = [&] { Put(order, "cancel", 2); };
  MailOne();
  EXPECT_EQ(printer_.jobs.size(), 0u);
  EXPECT_EQ(State(order.payment_id), "cancelled");
}

TEST_F(MailerTest, ADoubtThatIsTooOldIsNeverPostedAgain) {
  const WantedLetter order = Order();
  printer_.answer = Unknown{"printer_timeout"};
  MailOne();
  Sql("UPDATE fulfillment.letters SET unsure_since = now() - interval '13 hours'");
  MakeDue(order.payment_id);
  printer_.answer = Accepted{};
  MailOne();
  EXPECT_EQ(printer_.jobs.size(), 1u);
  EXPECT_EQ(State(order.payment_id), "outcome_unknown");
  EXPECT_EQ(Column(order.payment_id, "reason"), "unsure_too_long");
  MakeDue(order.payment_id);
  EXPECT_EQ(MailOne(), 0);
}

TEST_F(MailerTest, ASecondAttemptSearchesFirstAndAHitIsProof) {
  const WantedLetter order = Order();
  printer_.answer = Unknown{"printer_timeout"};
  MailOne();
  EXPECT_EQ(printer_.searches, 0) << "nothing can be there before the first POST";
  printer_.List("ltr_7", order.payment_id);
  MakeDue(order.payment_id);
  MailOne();
  EXPECT_EQ(printer_.jobs.size(), 1u);
  EXPECT_EQ(State(order.payment_id), "mailed");
  EXPECT_EQ(Column(order.payment_id, "lob_letter_id"), "ltr_7");
}

TEST_F(MailerTest, AfterARestoreTheLetterThatWasMailedBeforeIsFound) {
  const WantedLetter order = Order();
  Sql("UPDATE fulfillment.letters SET paid_at = now() - interval '11 minutes'");
  printer_.List("ltr_7", order.payment_id);
  MailOne();
  EXPECT_EQ(printer_.jobs.size(), 0u);
  EXPECT_EQ(State(order.payment_id), "mailed");
}

TEST_F(MailerTest, WithoutAnAnswerToTheSearchNothingIsPosted) {
  const WantedLetter order = Order();
  Sql("UPDATE fulfillment.letters SET paid_at = now() - interval '11 minutes'");
  printer_.obstacle = NotNow{};
  MailOne();
  EXPECT_EQ(printer_.jobs.size(), 0u);
  EXPECT_EQ(State(order.payment_id), "queued");
  EXPECT_EQ(Column(order.payment_id, "reason"), "printer_unreachable");
}

TEST_F(MailerTest, ALetterThatFailedBeforeTheRestoreIsNotPostedAgain) {
  const WantedLetter order = Order();
  Sql("UPDATE fulfillment.letters SET paid_at = now() - interval '11 minutes'");
  printer_.List("ltr_7", order.payment_id, PrintedLetter::Fate::kFailed);
  MailOne();
  EXPECT_EQ(printer_.jobs.size(), 0u);
  EXPECT_EQ(State(order.payment_id), "failed_at_printer");
}

TEST_F(MailerTest, ARefusedKeyStopsAllPostsAndCostsNoLetterAnything) {
  const WantedLetter order = Order();
  Order();
  printer_.answer = NotNow{.cause = NotNow::Cause::kCredentials, .refused_key = kKeyOfTheTests};
  EXPECT_EQ(MailOne(), 1);
  EXPECT_EQ(MailOne(), 0);
  EXPECT_EQ(printer_.jobs.size(), 1u);
  EXPECT_EQ(Column(order.payment_id, "state || ' ' || reason || ' ' || failures"),
            "queued printer_credentials 0");
  ASSERT_TRUE(mailing_.Resume("ops", Soon()).ok());
  printer_.answer = Accepted{};
  EXPECT_EQ(MailOne() + MailOne(), 2);
  EXPECT_EQ(State(order.payment_id), "mailed");
}

// A program that stops ends what it has begun: see tests/manifests/stopping.py.
TEST_F(MailerTest, APostIsBegunInOneStatementAndEndedInTwo) {
  Order();
  int stopped = 0, begun = 0;
  options_.stopping = [&] {
    stopped = test::StatementsRun(registry_);
    return false;
  };
  printer_.during = [&](const PrintJob&) { begun = test::StatementsRun(registry_); };
  printer_.answer = NotNow{.cause = NotNow::Cause::kCredentials, .refused_key = kKeyOfTheTests};
  ASSERT_EQ(MailOne(), 1);
  EXPECT_EQ(begun - stopped, 1) << "after the last time that it would have given the letter back";
  EXPECT_EQ(test::StatementsRun(registry_) - begun, 2);
}

TEST_F(MailerTest, TheRefusalOfAKeyThatWasReplacedStopsNothing) {
  Order();
  Order();
  printer_.answer = NotNow{.cause = NotNow::Cause::kCredentials, .refused_key = "the old key"};
  EXPECT_EQ(MailOne(), 1);
  printer_.answer = Accepted{};
  EXPECT_EQ(MailOne(), 1) << "the next one goes with the new key";
}

TEST_F(MailerTest, NoPostStartsThatTheLeaseWouldNotOutlive) {
  const WantedLetter order = Order();
  options_.lease = 40s;
  options_.print_timeout = 50s;
  Mailer mailer(mailing_, submissions_, *typesetter_, printer_, keys_, registry_, options_);
  EXPECT_EQ(mailer.MailOne().status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(printer_.jobs.size(), 0u);
  EXPECT_EQ(State(order.payment_id), "sending")
      << "left to whoever claims it when the lease has ended";
}

TEST_F(MailerTest, AStoredLetterThatDoesNotOpenIsNotMailed) {
  const WantedLetter order = Order();
  printer_.answer = NotNow{};
  MailOne();
  Sql("UPDATE fulfillment.letters SET pdf_sealed = set_byte(pdf_sealed, 40, 255 - "
      "get_byte(pdf_sealed, 40))");
  MakeDue(order.payment_id);
  MailOne();
  EXPECT_EQ(printer_.jobs.size(), 1u);
  EXPECT_EQ(Column(order.payment_id, "reason"), "pdf_unreadable");
}

TEST_F(MailerTest, CompetingMailersMailEachLetterOnce) {
  constexpr int kLetters = 12;
  for (int i = 0; i < kLetters; ++i) Order();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      while (MailOne() > 0) {
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<std::string, int> printed;
  for (const PrintJob& job : printer_.jobs) ++printed[job.payment_id];
  EXPECT_EQ(printed.size(), kLetters);
  EXPECT_EQ(printer_.jobs.size(), kLetters);
  EXPECT_EQ(Sql("SELECT count(*) FROM fulfillment.letters WHERE state = 'mailed'"),
            std::to_string(kLetters));
}

}  // namespace
}  // namespace fsft::fulfillment
