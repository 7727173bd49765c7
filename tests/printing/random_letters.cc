#include "tests/printing/random_letters.h"

#include <array>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "services/fulfillment/letter/sample_letters.h"
#include "shared/images/sample_images.h"

namespace fsft::test {
namespace {

using fulfillment::Letter;
using fulfillment::PostalAddress;

struct Language {
  std::string_view words;  // what belongs together, separated by spaces
  std::string_view space;  // between two of them
  std::string_view stop;
  Reading reading;
};

// Ligatures, accents, apostrophes, hyphens, figures, joined letters, vowel signs.
constexpr auto kLanguages = std::to_array<Language>({
    {"the officer's affluent sign was not visible; first-class offline office \"waffle\" fjord "
     "flow AVATAR Te $76.50 (again) 5:45 p.m. § 40215 & 100% I/O re-read it, “which” — 3rd street",
     " ", ". ", Reading::kWords},
    {"la señal estaba tapada por una lona, ¿cómo podía verla? el año pasado ¡nadie! avergüenza",
     " ", ". ", Reading::kWords},
    {"où l’été, garçon naïve œuvre À « cachée » c’était brûlé Straße für Äpfel größer übrig ÆØÅ",
     " ", ". ", Reading::kWords},
    {"Kính gửi quý vị, biển báo đã bị che khuất bởi lưới xây dựng nên tôi không thể đọc được ngữ",
     " ", ". ", Reading::kWords},
    {"łódź czerwień źdźbło příliš žluťoučký kůň őrült şehir İstanbul ağaç ħobż ţară șapte ŵyr", " ",
     ". ", Reading::kWords},
    {"Уважаемые господа, знак был закрыт сеткой и его нельзя было прочесть; ёлка їжак ґанок џеп",
     " ", ". ", Reading::kWords},
    {"Αξιότιμοι κύριοι, η πινακίδα ήταν κρυμμένη πίσω από ένα δίχτυ ΐ ΰ ώστε δεν τη διάβασα", " ",
     ". ", Reading::kWords},
    {"담당자께 표지판이 공사 그물에 가려져 있어서 읽을 수 없었습니다, 주차 위반 통지서 912345678",
     " ", ". ", Reading::kCharacters},
    {"Ձեր նշանը փակված էր ցանցով և ես չէի կարող կարդալ այն", " ", "։ ", Reading::kCharacters},
    {"ნიშანი დაფარული იყო ბადით და მე ვერ წავიკითხე იგი", " ", ". ", Reading::kCharacters},
    {"ምልክቱ በግንባታ መረብ ተሸፍኖ ነበር ስለዚህ ማንበብ አልቻልኩም", " ", "። ", Reading::kCharacters},
    {"本人就停车罚单 提出申诉， 路牌被 施工网 遮挡 无法看清； 我在五点前 离开 《车辆法》 第40215条 "
     "「禁止停车」",
     "", "。", Reading::kCharacters},
    {"本人就 停車罰單 提出申訴， 路牌被 施工網 遮擋 無法看清； 我在五點前 離開 龜 鬱 灣", "", "。",
     Reading::kCharacters},
    {"駐車違反の 通知について 異議を 申し立てます、 標識は 工事の シートで 隠れて いました "
     "ガソリン ・",
     "", "。", Reading::kCharacters},
    {"ป้ายจราจร ถูกบังไว้ ด้วยตาข่าย ก่อสร้าง ดิฉัน จึง ไม่ทราบ น้ำ ผู้ใหญ่", "", " ", Reading::kCharacters},
    {"नमस्ते कृपया चालान रद्द करें क्षेत्र में संकेत छिपा था निर्माण की जाली से", " ", "। ", Reading::kCharacters},
    {"দয়া করে জরিমানা বাতিল করুন চিহ্নটি জালে ঢাকা ছিল", " ", "। ", Reading::kCharacters},
    {"அடையாளம் வலையால் மறைக்கப்பட்டது எனவே நான் படிக்க முடியவில்லை", " ", ". ", Reading::kCharacters},
    {"שלום רב אני מבקש לבטל את הדוח מספר כי השלט היה מוסתר בעבודות, ברחוב ולנסיה", " ", ". ",
     Reading::kFromRight},
    {"السادة المحترمون، أرجو إلغاء المخالفة رقم 912345678 كانت مغطاة بشبكة البناء ولم يكن من "
     "الممكن قراءتها",
     " ", ". ", Reading::kFromRight},
    {"با درود، خواهش می کنم این جریمه را لغو کنید چون تابلو پشت شبکه ساختمانی بود", " ", ". ",
     Reading::kFromRight},
    {"لأن اللافتة لا ترى (شارع) والآن \"ممنوع\" 28/10/2026، الإشارة", " ", ". ", Reading::kTally},
    {"The sign said \"ممنوع الوقوف\" (and שלום), I left at 5:45", " ", ". ", Reading::kTally},
});
constexpr size_t kMaxText = 5000;  // characters, as intake lets through; here bytes, which is less

class Writer {
 public:
  explicit Writer(uint32_t seed) : random_(seed) {}

  RandomLetter Write() {
    RandomLetter written{.letter = fulfillment::SampleLetter()};
    written.letter.text = Body(written.reading);
    Fields(written.letter);
    return written;
  }

 private:
  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }
  bool OneIn(size_t n) { return Below(n) == 0; }
  const auto& Any(const auto& of) { return of[Below(of.size())]; }

  std::string Sentence(const Language& language) {
    std::istringstream in{std::string(language.words)};
    const std::vector<std::string> words{std::istream_iterator<std::string>(in), {}};
    std::string sentence;
    for (size_t left = 3 + Below(20); left > 0; --left) {
      if (!sentence.empty()) sentence += language.space;
      sentence += Any(words);
    }
    return sentence.append(language.stop);
  }

  const Language& AnyFromTheLeft() {
    while (true) {
      const Language& language = Any(kLanguages);
      if (language.reading == Reading::kWords || language.reading == Reading::kCharacters)
        return language;
    }
  }

  // One language, or, once in six, several that read from the left.
  std::string Body(Reading& reading) {
    const bool several = OneIn(6);
    const Language& one = Any(kLanguages);
    reading = several ? Reading::kCharacters : one.reading;
    std::string text;
    for (size_t left = 1 + Below(OneIn(4) ? 60 : 14); left > 0 && text.size() < kMaxText; --left) {
      text += Sentence(several ? AnyFromTheLeft() : one);
      if (OneIn(3)) text += OneIn(3) ? "\n" : "\n\n";
      // Poppler takes a gap within a line for that between two columns.
      if (text.ends_with('\n') && OneIn(10)) text += "    ";
    }
    return text;
  }

  PostalAddress Address(std::string_view place) {
    constexpr auto kNames = std::to_array<std::string_view>(
        {"Adelaide Rider-Montgomery", "José Núñez", "Nguyễn Thị Hồng", "王小明",
         "Об’єднання «Ліфт»", "O'Fflyn & Sons", "김민준"});
    constexpr auto kLines = std::to_array<std::string_view>({"1500 Valencia Street",
                                                             "11 South Van Ness Avenue, 1st Floor",
                                                             "PO Box 7718", "½ Fifth St"});
    return {.name = std::string(Any(kNames)),
            .company = OneIn(3) ? "Affiliated Offices" : "",
            .line1 = std::string(Any(kLines)),
            .line2 = OneIn(2) ? "Apartment 4B" : "",
            .city = std::string(place),
            .state = "CA",
            .zip = OneIn(2) ? "94110" : "94103-1234"};
  }

  void Fields(Letter& letter) {
    letter.sender = Address("San Francisco");
    letter.agency = Address("Oakland");
    letter.citation_number = std::to_string(900000000 + Below(99999999));
    if (OneIn(3)) letter.sender_email.clear();
    if (OneIn(3)) letter.sender_phone.clear();
    if (OneIn(3)) letter.violation_date.clear();
    if (OneIn(3)) letter.license_plate.clear();
    if (OneIn(3)) letter.vehicle.clear();
    if (OneIn(2)) letter.signature_png = fulfillment::SamplePng(300, 90);
    for (size_t left = OneIn(3) ? Below(6) : 0; left > 0; --left) {
      letter.exhibits.push_back({.caption = OneIn(2) ? "The sign, seen from the kerb" : "",
                                 .jpeg = images::MakeJpeg({.width = 64, .height = 48})});
    }
  }

  std::mt19937 random_;
};

}  // namespace

RandomLetter LetterOfSeed(uint32_t seed) { return Writer(seed).Write(); }

}  // namespace fsft::test
