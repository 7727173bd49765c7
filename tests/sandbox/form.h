#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/sandbox/json.h"

namespace fsft::sandbox {

using Fields = std::vector<std::pair<std::string, std::string>>;

// application/x-www-form-urlencoded (bodies and query strings) into its fields, in their order.
Fields DecodeUrlEncoded(std::string_view text);

// The bracket notation that both vendors use: `a[b]=1` is {"a": {"b": "1"}}, `a[0][b]=1` and
// `a[][b]=1` are {"a": [{"b": "1"}]}. Every leaf is a string. A repeated name keeps its last value.
// What is below a name "metadata" stays an object even if its keys count from zero.
//
// kInvalidArgument, with a message for the sender, for a bracket that never closes, a name that is
// both a value and a tree, and nesting or numbers of fields beyond what any real request has.
absl::StatusOr<Json> BuildTree(const Fields& fields);

// Both steps.
absl::StatusOr<Json> DecodeForm(std::string_view text);

}  // namespace fsft::sandbox
