#pragma once

#include <string_view>

namespace fsft::fulfillment {

// 12345 or 12345-6789.
bool IsZip(std::string_view zip);

// A state, district, territory or military post that has ZIP codes; two upper-case letters.
bool HasZips(std::string_view state);

enum class ZipFit { kFits, kOtherState, kNoState };

// Whether a ZIP code is one of the state's, by its first three digits. A few codes serve places
// beyond the border, and new ones come: what is said here is worth a question, not a refusal.
ZipFit FitOf(std::string_view zip, std::string_view state);

}  // namespace fsft::fulfillment
