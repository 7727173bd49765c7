#pragma once

// The page of a letter, which two programs must agree on: the typesetter prints on it, and intake
// refuses before payment what would not fit. All measures are points (1/72 inch).
namespace fsft::page {

// From the upper left corner. US Letter is what the printing service takes; any other size is
// refused by it.
inline constexpr double kWidth = 612;
inline constexpr double kHeight = 792;

inline constexpr double kLeft = 81;
inline constexpr double kRight = kWidth - 81;
// 450 points hold about 78 characters of the text face: long enough for few pages, short enough to
// read with ease.
inline constexpr double kMeasure = kRight - kLeft;
inline constexpr double kTop = 72;
inline constexpr double kBottom = kHeight - 66;
inline constexpr double kFooterTop = kHeight - 48;

// The double-window envelope: the printing service prints both addresses here on the first page, so
// nothing of ours may.
inline constexpr double kWindowRight = 4.2 * 72;
inline constexpr double kWindowBottom = 3.4 * 72;

// The sender's block stands to the right of the window, the rest of the first page below it.
inline constexpr double kSenderLeft = 4.5 * 72;
inline constexpr double kSenderMeasure = kRight - kSenderLeft;
inline constexpr double kSenderTop = 54;
inline constexpr double kFirstPageTop = kWindowBottom + 7;
// Between the blocks of the first page.
inline constexpr double kGap = 14;

// What follows the text, on one page. To the left there is room for a hand's signature, which is also
// the largest that an image is printed, the line below it and the name; to the right, below the
// sender's block, where the answer goes; and below both what is enclosed.
inline constexpr double kAboveClosing = 10;
inline constexpr double kSignatureHeight = 44;
inline constexpr double kSignatureWidth = 200;
inline constexpr double kNameMeasure = kSenderLeft - kLeft - 14;
inline constexpr double kBelowSigningLine = 3;
inline constexpr double kAboveEnclosures = 14;

struct TextStyle {
  double size = 0;
  // From baseline to baseline; a line in a taller script takes what it needs.
  double leading = 0;
  bool bold = false;
};

inline constexpr TextStyle kBlock{.size = 10.5, .leading = 14.3};
inline constexpr TextStyle kSubject{.size = 11, .leading = 15.5, .bold = true};
inline constexpr TextStyle kDetails{.size = 10, .leading = 14};
inline constexpr TextStyle kBody{.size = 11, .leading = 15.5};
inline constexpr TextStyle kFooter{.size = 8.5, .leading = 12};

}  // namespace fsft::page
