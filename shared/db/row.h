#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fsft::db {

// One row of an answer, columns in the order of the statement. Reading a NULL or a value of another
// type than the statement yields is a mistake in our own code and ends the request with INTERNAL
// (it throws std::logic_error, which the guard catches); a column that may be NULL is asked with
// IsNull, or read with TextOr.
class Row {
 public:
  explicit Row(std::vector<std::optional<std::string>> cells) : cells_(std::move(cells)) {}

  bool IsNull(size_t column) const { return !cells_.at(column).has_value(); }
  const std::string& Text(size_t column) const;
  std::string TextOr(size_t column, std::string fallback = "") const;
  int64_t Int64(size_t column) const;
  bool Bool(size_t column) const;
  // A bytea column.
  std::string Bytes(size_t column) const;
  // A timestamptz column.
  std::chrono::system_clock::time_point Time(size_t column) const;
  // A text[] column.
  std::vector<std::string> TextArray(size_t column) const;

 private:
  std::vector<std::optional<std::string>> cells_;
};

using Rows = std::vector<Row>;

}  // namespace fsft::db
