#include "services/fulfillment/address/local_rules.h"

#include <gtest/gtest.h>

namespace fsft::fulfillment {
namespace {

std::string Told(const Address& address) {
  std::string told;
  for (const Advice& advice : LocalAdvice(Tidied(address))) {
    if (!told.empty()) told += ' ';
    told.append(advice.field).append(":").append(advice.code);
  }
  return told;
}

Address InCalifornia(std::string line1, std::string line2 = "") {
  return {.line1 = std::move(line1),
          .line2 = std::move(line2),
          .city = "San Francisco",
          .state = "CA",
          .zip = "94103"};
}

struct LineCase {
  const char* line1;
  const char* line2;
  const char* told;
};

TEST(LocalRulesTest, LooksForTheNumberThatMailNeeds) {
  constexpr LineCase kCases[] = {
      {"1 Main St", "", ""},
      {"1 Main St", "Apt 5", ""},
      {"  1 Main St  ", "", ""},
      {"One Market Plaza", "", ""},
      {"N6W23001 Bluemound Rd", "", ""},
      {"RR 2 Box 18", "", ""},
      {"General Delivery", "", ""},
      {"Main St", "", "line1:no_house_number"},
      {"Larkspur Hollow", "Apt 5", "line1:no_house_number"},
      {"Boxwood Lane", "", "line1:no_house_number"},
      {"PO Box 12", "", ""},
      {"P.O. Box 12", "", ""},
      {"p o box 12", "", ""},
      {"Post Office Box 12", "", ""},
      {"POB 12", "", ""},
      {"PO Box", "", "line1:no_box_number"},
      {"12 PO Box", "", "line1:no_box_number"},
      {"1 Main St", "PO Box 12", "line2:two_addresses"},
      {"1 Main St Apt", "", "line1:no_unit_number"},
      {"1 Main St Apt", "5", ""},
      {"1 Main St", "Suite", "line2:no_unit_number"},
      {"1 Main St", "#", "line2:no_unit_number"},
      {"1 Main St", "#5", ""},
  };
  for (const auto& [line1, line2, told] : kCases)
    EXPECT_EQ(Told(InCalifornia(line1, line2)), told) << line1 << " / " << line2;
}

TEST(LocalRulesTest, HoldsTheStateAgainstTheZipCode) {
  struct Case {
    const char* state;
    const char* zip;
    const char* told;
  };
  constexpr Case kCases[] = {
      {"CA", "94103", ""},
      {"ca", "94103-1234", ""},
      {"NV", "94103", "zip:zip_of_other_state"},
      {"AE", "96201", "zip:zip_of_other_state"},
      {"CA", "00000", "zip:unknown_zip"},
      {"CA", "9410", "zip:invalid"},
      {"XX", "94103", "state:invalid"},
      {"", "94103", "state:required"},
      {"CA", "", "zip:required"},
  };
  for (const auto& [state, zip, told] : kCases) {
    Address address = InCalifornia("1 Main St");
    address.state = state;
    address.zip = zip;
    EXPECT_EQ(Told(address), told) << state << ' ' << zip;
  }
}

TEST(LocalRulesTest, MailToShipsAndBasesNeedsNoHouse) {
  EXPECT_EQ(Told({.line1 = "USS Sample", .city = "FPO", .state = "AP", .zip = "96601"}), "");
}

TEST(LocalRulesTest, CountsCharactersAndNotBytes) {
  std::string line = "1 ";
  for (int i = 0; i < 62; ++i) line += "\u00f1";
  EXPECT_EQ(Told(InCalifornia(line)), "");
  EXPECT_EQ(Told(InCalifornia(line + "x")), "line1:too_long");
  EXPECT_EQ(Told(InCalifornia("1 Main St", std::string(65, '1'))), "line2:too_long");
}

TEST(LocalRulesTest, SaysAllThatIsMissingAtOnce) {
  EXPECT_EQ(Told({}), "line1:required city:required state:required zip:required");
}

TEST(LocalRulesTest, NoAdviceRepeatsWhatWasTyped) {
  for (const Advice& advice : LocalAdvice({.line1 = "Secret", .state = "QQ", .zip = "77"})) {
    const std::string message(advice.message);
    for (const char* typed : {"Secret", "QQ", "77"})
      EXPECT_EQ(message.find(typed), std::string::npos) << message;
  }
}

TEST(LocalRulesTest, OnlyAWholeAddressIsWorthAsking) {
  EXPECT_TRUE(IsWhole(InCalifornia("1 Main St")));
  for (const auto part : {&Address::line1, &Address::city, &Address::state, &Address::zip}) {
    Address address = InCalifornia("1 Main St");
    address.*part = "";
    EXPECT_FALSE(IsWhole(address));
  }
  EXPECT_FALSE(IsWhole(InCalifornia(std::string(65, '1'))));
}

}  // namespace
}  // namespace fsft::fulfillment
