#include "services/fulfillment/mailing/submissions.h"

#include <gtest/gtest.h>

#include "shared/crypto/digest.h"

namespace fsft::fulfillment {
namespace {

Submission Sample() {
  Submission submission;
  submission.mutable_citation()->set_number("912345678");
  submission.mutable_citation()->set_violation_date("2026-10-28");
  submission.mutable_citation()->set_license_plate("8ABC123");
  submission.mutable_citation()->set_vehicle_info("2019 Honda Fit");
  auto& sender = *submission.mutable_sender();
  sender.set_name("Ada Rider");
  sender.set_address_line1("1 Main St");
  sender.set_address_line2("Apt 4");
  sender.set_city("Oakland");
  sender.set_state("CA");
  sender.set_zip("94607");
  sender.set_email("ada@example.com");
  sender.set_phone("415 555 0100");
  submission.mutable_agency()->set_name("SFMTA Citation Review");
  submission.mutable_agency()->set_company("SFMTA");
  submission.set_letter_text("The sign was hidden.");
  submission.set_submitted_on("2026-11-02");
  submission.set_signature_png("png");
  return submission;
}

TEST(Submissions, OpensWhatWasPaidFor) {
  const std::string bytes = Sample().SerializeAsString();
  const auto submission = OpenSubmission(bytes, crypto::Sha256(bytes));
  ASSERT_TRUE(submission.ok()) << submission.status();
  EXPECT_EQ(submission->letter_text(), "The sign was hidden.");
}

TEST(Submissions, RefusesAnythingElse) {
  const std::string paid = Sample().SerializeAsString();
  Submission edited = Sample();
  edited.set_letter_text("Another story.");
  EXPECT_EQ(OpenSubmission(edited.SerializeAsString(), crypto::Sha256(paid)).status(),
            absl::DataLossError("content_mismatch"));
  EXPECT_EQ(OpenSubmission("\xff\xff", crypto::Sha256("\xff\xff")).status(),
            absl::DataLossError("submission_unreadable"));
}

TEST(Submissions, EveryFieldReachesThePageAndTheEnvelope) {
  const Letter letter = LetterOf(Sample(), {{.caption = "The sign", .jpeg = "jpeg"}});
  EXPECT_EQ(letter.sender.name, "Ada Rider");
  EXPECT_EQ(letter.sender.line1, "1 Main St");
  EXPECT_EQ(letter.sender.line2, "Apt 4");
  EXPECT_EQ(letter.sender.city, "Oakland");
  EXPECT_EQ(letter.sender.state, "CA");
  EXPECT_EQ(letter.sender.zip, "94607");
  EXPECT_EQ(letter.sender_email, "ada@example.com");
  EXPECT_EQ(letter.sender_phone, "415 555 0100");
  EXPECT_EQ(letter.agency.name, "SFMTA Citation Review");
  EXPECT_EQ(letter.agency.company, "SFMTA");
  EXPECT_EQ(letter.date, "2026-11-02");
  EXPECT_EQ(letter.citation_number, "912345678");
  EXPECT_EQ(letter.violation_date, "2026-10-28");
  EXPECT_EQ(letter.license_plate, "8ABC123");
  EXPECT_EQ(letter.vehicle, "2019 Honda Fit");
  EXPECT_EQ(letter.text, "The sign was hidden.");
  EXPECT_EQ(letter.signature_png, "png");
  ASSERT_EQ(letter.exhibits.size(), 1);
  EXPECT_EQ(letter.exhibits[0].caption, "The sign");
  EXPECT_EQ(letter.exhibits[0].jpeg, "jpeg");
}

}  // namespace
}  // namespace fsft::fulfillment
