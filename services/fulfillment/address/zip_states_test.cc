#include "services/fulfillment/address/zip_states.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace fsft::fulfillment {
namespace {

TEST(ZipStatesTest, KnowsWhoseACodeIs) {
  const std::pair<const char*, const char*> kCodes[] = {
      {"00501", "NY"}, {"00601", "PR"},      {"00802", "VI"}, {"01001", "MA"}, {"02903", "RI"},
      {"03031", "NH"}, {"04101", "ME"},      {"05401", "VT"}, {"05501", "MA"}, {"06103", "CT"},
      {"06390", "NY"}, {"07030", "NJ"},      {"09012", "AE"}, {"10001", "NY"}, {"15222", "PA"},
      {"19801", "DE"}, {"20001", "DC"},      {"20101", "VA"}, {"20588", "MD"}, {"21201", "MD"},
      {"23220", "VA"}, {"25301", "WV"},      {"27601", "NC"}, {"29201", "SC"}, {"30303", "GA"},
      {"33101", "FL"}, {"34001", "AA"},      {"34101", "FL"}, {"35203", "AL"}, {"37201", "TN"},
      {"39201", "MS"}, {"39901", "GA"},      {"40202", "KY"}, {"43215", "OH"}, {"46204", "IN"},
      {"48201", "MI"}, {"50309", "IA"},      {"53202", "WI"}, {"55401", "MN"}, {"56901", "DC"},
      {"57101", "SD"}, {"58102", "ND"},      {"59601", "MT"}, {"60601", "IL"}, {"63101", "MO"},
      {"66101", "KS"}, {"68102", "NE"},      {"70112", "LA"}, {"71801", "AR"}, {"73102", "OK"},
      {"73301", "TX"}, {"73960", "TX"},      {"75201", "TX"}, {"75502", "AR"}, {"80202", "CO"},
      {"82001", "WY"}, {"83414", "WY"},      {"83702", "ID"}, {"84101", "UT"}, {"85001", "AZ"},
      {"87101", "NM"}, {"88510", "TX"},      {"89101", "NV"}, {"90001", "CA"}, {"96162", "CA"},
      {"96201", "AP"}, {"96799", "AS"},      {"96801", "HI"}, {"96910", "GU"}, {"96950", "MP"},
      {"97201", "OR"}, {"98101-1234", "WA"}, {"99501", "AK"},
  };
  std::set<std::string> states;
  for (const auto& [zip, state] : kCodes) {
    EXPECT_EQ(FitOf(zip, state), ZipFit::kFits) << zip << ' ' << state;
    states.insert(state);
  }
  EXPECT_EQ(states.size(), 59) << "a state is missing in this table";
}

TEST(ZipStatesTest, NoticesAnotherStates) {
  EXPECT_EQ(FitOf("94103", "NV"), ZipFit::kOtherState);
  EXPECT_EQ(FitOf("10001", "NJ"), ZipFit::kOtherState);
  EXPECT_EQ(FitOf("09012", "AP"), ZipFit::kOtherState);
}

TEST(ZipStatesTest, NoticesWhatIsNobodys) {
  for (const char* zip : {"00001", "00401", "71500", "86900", "99999"}) {
    const bool is_alaska = std::string_view(zip).starts_with("99");
    EXPECT_EQ(FitOf(zip, "CA"), is_alaska ? ZipFit::kOtherState : ZipFit::kNoState) << zip;
  }
}

TEST(ZipStatesTest, KnowsTheStatesThatHaveCodes) {
  for (const char* state : {"CA", "DC", "PR", "AE", "MP", "NY"}) EXPECT_TRUE(HasZips(state));
  for (const char* state : {"XX", "ca", "C", "", "TN ", "Y ", "T N", "CAL"})
    EXPECT_FALSE(HasZips(state)) << state;
}

TEST(ZipStatesTest, ACodeHasFiveDigitsOrNine) {
  EXPECT_TRUE(IsZip("94103"));
  EXPECT_TRUE(IsZip("94103-1234"));
  for (const char* zip : {"", "9410", "941033", "9410a", "94103-", "94103-12", "94103 1234"})
    EXPECT_FALSE(IsZip(zip)) << zip;
}

}  // namespace
}  // namespace fsft::fulfillment
