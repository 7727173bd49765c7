#include "services/fulfillment/address/zip_states.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"

namespace fsft::fulfillment {
namespace {

// Three digits to three digits, both included, and whose they are; several where they share them.
struct Prefixes {
  int first;
  int last;
  std::string_view states;
};
constexpr Prefixes kPrefixes[] = {
    {5, 5, "NY"},           {6, 7, "PR"},     {8, 8, "VI"},        {9, 9, "PR"},
    {10, 27, "MA"},         {28, 29, "RI"},   {30, 38, "NH"},      {39, 49, "ME"},
    {50, 54, "VT"},         {55, 55, "MA"},   {56, 59, "VT"},      {60, 69, "CT NY"},
    {70, 89, "NJ"},         {90, 99, "AE"},   {100, 149, "NY"},    {150, 196, "PA"},
    {197, 199, "DE"},       {200, 200, "DC"}, {201, 201, "VA"},    {202, 204, "DC"},
    {205, 205, "DC MD VA"}, {206, 219, "MD"}, {220, 246, "VA"},    {247, 268, "WV"},
    {270, 289, "NC"},       {290, 299, "SC"}, {300, 319, "GA"},    {320, 339, "FL"},
    {340, 340, "AA"},       {341, 349, "FL"}, {350, 369, "AL"},    {370, 385, "TN"},
    {386, 397, "MS"},       {398, 399, "GA"}, {400, 427, "KY"},    {430, 459, "OH"},
    {460, 479, "IN"},       {480, 499, "MI"}, {500, 528, "IA"},    {530, 549, "WI"},
    {550, 567, "MN"},       {569, 569, "DC"}, {570, 577, "SD"},    {580, 588, "ND"},
    {590, 599, "MT"},       {600, 629, "IL"}, {630, 658, "MO"},    {660, 679, "KS"},
    {680, 681, "NE IA"},    {682, 693, "NE"}, {700, 714, "LA"},    {716, 729, "AR"},
    {730, 732, "OK"},       {733, 733, "TX"}, {734, 738, "OK"},    {739, 739, "OK TX"},
    {740, 749, "OK"},       {750, 754, "TX"}, {755, 755, "TX AR"}, {756, 799, "TX"},
    {800, 816, "CO"},       {820, 831, "WY"}, {832, 833, "ID"},    {834, 834, "ID WY"},
    {835, 838, "ID"},       {840, 847, "UT"}, {850, 865, "AZ"},    {870, 884, "NM"},
    {885, 885, "TX"},       {889, 898, "NV"}, {900, 961, "CA"},    {962, 966, "AP"},
    {967, 967, "HI AS"},    {968, 968, "HI"}, {969, 969, "GU MP"}, {970, 979, "OR"},
    {980, 994, "WA"},       {995, 999, "AK"},
};

bool AllDigits(std::string_view text) { return std::ranges::all_of(text, absl::ascii_isdigit); }

// They are words of two letters with a blank between.
bool Names(std::string_view states, std::string_view state) {
  const size_t at = states.find(state);
  return state.size() == 2 && at != std::string_view::npos && at % 3 == 0;
}

}  // namespace

bool IsZip(std::string_view zip) {
  if (zip.size() == 5) return AllDigits(zip);
  return zip.size() == 10 && zip[5] == '-' && AllDigits(zip.substr(0, 5)) &&
         AllDigits(zip.substr(6));
}

bool HasZips(std::string_view state) {
  return std::ranges::any_of(kPrefixes,
                             [&](const Prefixes& one) { return Names(one.states, state); });
}

ZipFit FitOf(std::string_view zip, std::string_view state) {
  int prefix = 0;
  std::from_chars(zip.data(), zip.data() + std::min<size_t>(zip.size(), 3), prefix);
  const auto* const found = std::ranges::find_if(
      kPrefixes, [&](const Prefixes& one) { return one.first <= prefix && prefix <= one.last; });
  if (found == std::end(kPrefixes)) return ZipFit::kNoState;
  return Names(found->states, state) ? ZipFit::kFits : ZipFit::kOtherState;
}

}  // namespace fsft::fulfillment
