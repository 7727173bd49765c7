#include <type_traits>
#include <utility>

#include "shared/config/fields.h"
#include "shared/config/shapes.h"

// How each kind of member is read, shown and asked whether it is set: one overload per kind.
namespace fsft::config {
namespace {

using logging::Level;

constexpr std::pair<std::string_view, Level> kLevels[] = {{"debug", Level::kDebug},
                                                          {"info", Level::kInfo},
                                                          {"warning", Level::kWarning},
                                                          {"error", Level::kError}};

constexpr std::pair<std::string_view, Retention> kRetentions[] = {
    {"off", Retention::kOff}, {"dry-run", Retention::kDryRun}, {"on", Retention::kOn}};

// The value of that name in one of the tables above.
template <typename Value, size_t kSize>
bool Find(const std::pair<std::string_view, Value> (&table)[kSize], std::string_view text,
          Value& value) {
  for (const auto& [name, named] : table) {
    if (name != text) continue;
    value = named;
    return true;
  }
  return false;
}

template <typename Value, size_t kSize>
std::string NameIn(const std::pair<std::string_view, Value> (&table)[kSize], Value value) {
  for (const auto& [name, named] : table) {
    if (named == value) return std::string(name);
  }
  return "";
}

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool Accepts(const Field::Rule& rule, std::string_view text) {
  const auto* const shape = std::get_if<Shape>(&rule);
  return shape == nullptr || shape->accepts(text);
}

bool Read(std::string_view text, const Field::Rule& rule, std::string& value) {
  if (!Accepts(rule, text)) return false;
  value = text;
  return true;
}

bool Read(std::string_view text, const Field::Rule& rule, Secret& value) {
  if (!Accepts(rule, text)) return false;
  value = Secret(std::string(text));
  return true;
}

bool Read(std::string_view text, const Field::Rule&, bool& value) {
  value = text == "on";
  return value || text == "off";
}

bool Read(std::string_view text, const Field::Rule&, Level& value) {
  return Find(kLevels, text, value);
}

bool Read(std::string_view text, const Field::Rule&, Retention& value) {
  return Find(kRetentions, text, value);
}

bool Read(std::string_view text, const Field::Rule& rule, int64_t& value) {
  const Range range = std::get<Range>(rule);
  value = ParseNumber(text);
  return value >= range.low && value <= range.high;
}

bool Read(std::string_view text, const Field::Rule& rule, int& value) {
  int64_t wide = 0;
  if (!Read(text, rule, wide)) return false;
  value = static_cast<int>(wide);  // the ranges in the table are far narrower
  return true;
}

template <typename Period>
bool Read(std::string_view text, const Field::Rule& rule,
          std::chrono::duration<int64_t, Period>& value) {
  int64_t count = 0;
  if (!Read(text, rule, count)) return false;
  value = std::chrono::duration<int64_t, Period>(count);
  return true;
}

template <typename Item>
bool Read(std::string_view text, const Field::Rule& rule, std::vector<Item>& value) {
  while (true) {
    const size_t comma = text.find(',');
    const std::string_view part = Trim(text.substr(0, comma));
    if (part.empty() || !Read(part, rule, value.emplace_back())) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

bool IsFilled(const auto&) { return true; }
bool IsFilled(const std::string& value) { return !value.empty(); }
bool IsFilled(const Secret& value) { return !value.empty(); }
template <typename Item>
bool IsFilled(const std::vector<Item>& value) {
  return !value.empty();
}

std::string Text(const std::string& value) { return value; }
std::string Text(const Secret&) { return ""; }
std::string Text(const std::vector<Secret>&) { return ""; }
std::string Text(bool value) { return value ? "on" : "off"; }
std::string Text(int value) { return std::to_string(value); }
std::string Text(int64_t value) { return std::to_string(value); }
template <typename Period>
std::string Text(std::chrono::duration<int64_t, Period> value) {
  return std::to_string(value.count());
}

std::string Text(Level value) { return NameIn(kLevels, value); }
std::string Text(Retention value) { return NameIn(kRetentions, value); }

std::string Text(const std::vector<std::string>& value) {
  std::string text;
  for (const std::string& item : value) text += (text.empty() ? "" : ",") + item;
  return text;
}

}  // namespace

bool Field::IsSecret() const {
  return std::holds_alternative<Secret Config::*>(member) ||
         std::holds_alternative<std::vector<Secret> Config::*>(member);
}

bool Field::IsSet(const Config& config) const {
  return std::visit([&](auto m) { return IsFilled(config.*m); }, member);
}

std::string Field::Show(const Config& config) const {
  return std::visit([&](auto m) { return Text(config.*m); }, member);
}

std::string Field::Wanted() const {
  if (const auto* const range = std::get_if<Range>(&rule)) {
    return "a whole number from " + std::to_string(range->low) + " to " +
           std::to_string(range->high);
  }
  if (const auto* const shape = std::get_if<Shape>(&rule)) return std::string(shape->wanted);
  if (std::holds_alternative<bool Config::*>(member)) return "on or off";
  if (std::holds_alternative<Level Config::*>(member)) return "debug, info, warning or error";
  if (std::holds_alternative<Retention Config::*>(member)) return "off, dry-run or on";
  return "text";
}

bool Field::Assign(std::string_view text, Config& config) const {
  return std::visit(
      [&](auto m) {
        std::decay_t<decltype(config.*m)> value{};
        if (!Read(text, rule, value)) return false;
        config.*m = std::move(value);
        return true;
      },
      member);
}

}  // namespace fsft::config
