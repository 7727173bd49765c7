#pragma once

#include <chrono>

// When rows go altogether, by the days after a payment's time is over: whoever refers to others
// goes a month before them. The foreign keys see to it too; with the months between, they seldom
// have to.
namespace fsft::retention {

inline constexpr std::chrono::days kLetterRows{30};
inline constexpr std::chrono::days kPaymentRows{60};
inline constexpr std::chrono::days kIntakeRows{90};

}  // namespace fsft::retention
