#include "services/fulfillment/letter/wording.h"

#include <gtest/gtest.h>

namespace fsft::fulfillment {
namespace {

TEST(Wording, WritesDatesOut) {
  EXPECT_EQ(LongDate("2026-11-02"), "November 2, 2026");
  EXPECT_EQ(LongDate("2027-01-31"), "January 31, 2027");
}

TEST(Wording, LeavesWhatIsNoDateAsItIs) {
  for (const char* text :
       {"", "yesterday", "2026-13-01", "2026-00-10", "2026-1x-02", "02.11.2026"}) {
    EXPECT_EQ(LongDate(text), text);
  }
}

TEST(Wording, SenderIsNameAddressAndContact) {
  const Letter letter{.sender = {.name = "Ada Rider",
                                 .line1 = "1 Main St",
                                 .line2 = "Apt 4",
                                 .city = "Oakland",
                                 .state = "CA",
                                 .zip = "94607"},
                      .sender_email = "ada@example.com",
                      .sender_phone = "415 555 0100"};
  EXPECT_EQ(SenderBlock(letter),
            "Ada Rider\n1 Main St\nApt 4\nOakland, CA 94607\nada@example.com\n415 555 0100");
}

TEST(Wording, EmptyFieldsLeaveNoEmptyLines) {
  const Letter letter{.sender = {.name = "Ada Rider",
                                 .line1 = "1 Main St",
                                 .city = "Oakland",
                                 .state = "CA",
                                 .zip = "94607"},
                      .agency = {.name = "SFMTA Citation Review",
                                 .line1 = "11 South Van Ness Ave",
                                 .city = "San Francisco",
                                 .state = "CA",
                                 .zip = "94103"}};
  EXPECT_EQ(SenderBlock(letter), "Ada Rider\n1 Main St\nOakland, CA 94607");
  EXPECT_EQ(AgencyBlock(letter),
            "SFMTA Citation Review\n11 South Van Ness Ave\nSan Francisco, CA 94103");
}

TEST(Wording, TheAnswerGoesToTheSender) {
  Letter letter;
  letter.sender = {.name = "Ada Rider",
                   .line1 = "1 Main St",
                   .line2 = "Apt 2",
                   .city = "Oakland",
                   .state = "CA",
                   .zip = "94607"};
  EXPECT_EQ(ReplyBlock(letter),
            "Please send your answer to:\nAda Rider\n1 Main St\nApt 2\nOakland, CA 94607");
}

TEST(Wording, EnclosuresAreListedWhereTheyHaveCaptions) {
  Letter letter;
  EXPECT_EQ(Enclosures(letter), "");
  letter.exhibits.resize(2);
  EXPECT_EQ(Enclosures(letter), "Enclosures: 2 photographs");
  letter.exhibits[1].caption = "The sign";
  EXPECT_EQ(Enclosures(letter), "Enclosures: 2 photographs\n1. Photograph\n2. The sign");
}

TEST(Wording, SubjectNamesTheCase) {
  Letter letter{.citation_number = "912345678",
                .violation_date = "2026-11-01",
                .license_plate = "8ABC123",
                .vehicle = "2019 Honda Fit"};
  EXPECT_EQ(SubjectLine(letter), "Re: Parking citation 912345678");
  EXPECT_EQ(SubjectDetails(letter),
            "Issued November 1, 2026 · License plate 8ABC123 · 2019 Honda Fit");
  letter.license_plate.clear();
  EXPECT_EQ(SubjectDetails(letter), "Issued November 1, 2026 · 2019 Honda Fit");
}

}  // namespace
}  // namespace fsft::fulfillment
