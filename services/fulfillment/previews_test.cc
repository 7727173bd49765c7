#include "services/fulfillment/previews.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/fulfillment/letter/pdf_tools.h"
#include "services/fulfillment/mailing/fake_submissions.h"
#include "shared/crypto/digest.h"
#include "shared/images/sample_images.h"
#include "shared/rpc/status.h"

namespace fsft::fulfillment {
namespace {

using namespace std::chrono_literals;

class PreviewsTest : public ::testing::Test {
 protected:
  PreviewsTest() {
    submission_.mutable_sender()->set_name("Ada Rider");
    submission_.mutable_sender()->set_address_line1("1 Main St");
    submission_.mutable_agency()->set_name("SFMTA Citation Review");
    submission_.mutable_citation()->set_number("912345678");
    submission_.set_submitted_on("2026-11-02");
    submission_.set_letter_text("The only sign on that block was covered by netting.");
  }

  std::string AddPhotograph() {
    std::string jpeg = images::MakeJpeg({.width = 60, .height = 40});
    auto& exhibit = *submission_.add_exhibits();
    exhibit.set_exhibit_id("ex_1");
    exhibit.set_sha256(crypto::Sha256(jpeg));
    exhibit.set_caption("The sign");
    submissions_.exhibits["ex_1"] = jpeg;
    return jpeg;
  }
  absl::StatusOr<std::string> Render() { return previews_.Render(submission_, rpc::In(20s)); }
  std::string Refusal() { return rpc::DetailOf(Render().status()).reason(); }

  Submission submission_;
  FakeSubmissions submissions_;
  const std::unique_ptr<Typesetter> typesetter_ = *Typesetter::Create();
  Previews previews_{submissions_, *typesetter_};
};

TEST_F(PreviewsTest, IsTheLetterByteForByte) {
  const std::string jpeg = AddPhotograph();
  const auto preview = Render();
  ASSERT_TRUE(preview.ok()) << preview.status();
  const auto letter =
      typesetter_->RenderLetter(LetterOf(submission_, {{.caption = "The sign", .jpeg = jpeg}}));
  ASSERT_TRUE(letter.ok()) << letter.status();
  EXPECT_TRUE(*preview == *letter);
  EXPECT_EQ(PdfJpegs(*preview), std::vector<std::string>{jpeg});
}

TEST_F(PreviewsTest, APhotographThatIsGoneIsSaidToBe) {
  AddPhotograph();
  submissions_.exhibits.clear();
  EXPECT_EQ(Refusal(), "exhibit_gone");
}

TEST_F(PreviewsTest, IntakesTroubleIsPassedOn) {
  AddPhotograph();
  submissions_.exhibit_status = absl::UnavailableError("down");
  EXPECT_TRUE(absl::IsUnavailable(Render().status()));
}

TEST_F(PreviewsTest, WhatCannotBePrintedIsRefusedByName) {
  submission_.set_letter_text("\xCD\xB8");  // U+0378 is assigned to nothing
  EXPECT_EQ(Refusal(), "unprintable");
}

}  // namespace
}  // namespace fsft::fulfillment
