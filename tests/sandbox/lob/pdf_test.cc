#include "tests/sandbox/lob/pdf.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/sandbox/lob/dates.h"
#include "tests/sandbox/testing.h"

namespace fsft::sandbox::lob {
namespace {

std::string Deflated(const std::string& text) {
  uLongf size = compressBound(text.size());
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
           text.size());
  out.resize(size);
  return out;
}

TEST(Pdf, CountsItsPages) {
  const absl::StatusOr<PdfFacts> facts = InspectPdf(testing::MakePdf(3));
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->pages, 3);
  EXPECT_TRUE(facts->letter_sized);
}

TEST(Pdf, CountsPagesInsideCompressedObjects) {
  const std::string objects = "3 0 <</Type/Page/MediaBox[0 0 612 792]>> <</Type/Pages/Count 1>>";
  const std::string pdf = "%PDF-1.5\n1 0 obj\n<</Type/ObjStm/Filter/FlateDecode>>\nstream\r\n" +
                          Deflated(objects) + "\nendstream\nendobj\n";
  const absl::StatusOr<PdfFacts> facts = InspectPdf(pdf);
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->pages, 1);
  EXPECT_TRUE(facts->letter_sized);
}

TEST(Pdf, LooksNotIntoOtherStreams) {
  const std::string pdf =
      testing::MakePdf(1) + "9 0 obj\n<< >>\nstream\n/Type /Page /MediaBox [0 0 1 1]\nendstream\n";
  const absl::StatusOr<PdfFacts> facts = InspectPdf(pdf);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->pages, 1);
  EXPECT_TRUE(facts->letter_sized);
}

TEST(Pdf, TellsOtherPaperFromLetter) {
  const std::pair<const char*, bool> kBoxes[] = {
      {"[0 0 612 792]", true},  {"[ 10 10 622.0 802.3 ]", true},
      {"[0 0 595 842]", false}, {"[0 0 792 612]", false},
      {"[0 0 612]", false},     {"7 0 R", false}};
  for (const auto& [box, letter] : kBoxes) {
    const absl::StatusOr<PdfFacts> facts = InspectPdf(testing::MakePdf(1, box));
    ASSERT_TRUE(facts.ok()) << box;
    EXPECT_EQ(facts->letter_sized, letter) << box;
  }
}

TEST(Pdf, IsNothingElse) {
  for (const std::string& file :
       {std::string(), std::string("<html>"), std::string("%PDF-1.4\n"), testing::MakePdf(0)}) {
    EXPECT_FALSE(InspectPdf(file).ok());
  }
}

TEST(Dates, SkipTheWeekend) {
  EXPECT_EQ(ExpectedDelivery(*ParseDate("2026-11-02")), "2026-11-09");  // a Monday
  EXPECT_EQ(ExpectedDelivery(*ParseDate("2026-11-06T23:59:00Z")), "2026-11-13");
}

}  // namespace
}  // namespace fsft::sandbox::lob
