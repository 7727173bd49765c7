#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/rpc/status.h"

namespace fsft::intake {

// Collects what is wrong with a request, so that the customer hears all of it at once. Each check
// reports at most one violation of its field and answers whether the field is right. Values are
// never repeated.
class FieldChecks {
 public:
  enum class Missing { kIsWrong, kMayComeLater };

  explicit FieldChecks(Missing missing = Missing::kIsWrong) : missing_(missing) {}

  // Brings a text that will be printed into the form that is stored: trimmed and composed. Its
  // length is in code points of that form; every character of it must be printable. `least` of zero
  // makes the field optional.
  bool Text(std::string_view field, std::string& value, size_t least, size_t most,
            bool lines = false);
  // Two letters of a state, district, territory or military post that the post delivers to; upper
  // case.
  bool State(std::string_view field, std::string_view value);
  // 12345 or 12345-6789.
  bool Zip(std::string_view field, std::string_view value);
  // Optional; the shape of an address, which only a message sent there could prove. It is printed
  // too.
  bool Email(std::string_view field, std::string& value);
  // Optional.
  bool Phone(std::string_view field, std::string_view value);
  // Optional; a PNG by its first bytes. Whether it is a whole one is for images::PrepareSignature.
  bool Png(std::string_view field, std::string_view value, size_t most_bytes);

  // Always false, to be returned by the check that found it. "required" is dropped where what is
  // missing may come later.
  bool Add(std::string_view field, std::string_view code, std::string_view message);

  bool ok() const { return violations_.empty(); }
  // OK, or INVALID_ARGUMENT with everything that was found.
  absl::Status ToStatus() const;

 private:
  bool Length(std::string_view field, std::string_view text, size_t least, size_t most);
  bool Printable(std::string_view field, std::string_view text, size_t least);
  bool AddTooLong(std::string_view field, size_t most);

  const Missing missing_;
  std::vector<rpc::FieldViolation> violations_;
};

}  // namespace fsft::intake
