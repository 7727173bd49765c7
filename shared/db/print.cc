#include "shared/db/print.h"

#include <algorithm>
#include <cctype>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"

namespace fsft::db {

namespace {

bool IsNamePart(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Every colon outside quotes is a parameter's: see Statement.
std::string Numbered(std::string_view sql, std::vector<std::string>& names) {
  std::string text;
  bool quoted = false;
  for (size_t at = 0; at < sql.size(); ++at) {
    if (sql[at] == '\'') quoted = !quoted;
    if (quoted || sql[at] != ':') {
      text += sql[at];
      continue;
    }
    size_t end = at + 1;
    while (end < sql.size() && IsNamePart(sql[end])) ++end;
    const std::string name(sql.substr(at + 1, end - at - 1));
    auto known = std::find(names.begin(), names.end(), name);
    if (known == names.end()) known = names.insert(known, name);
    text += '$';
    text += std::to_string(known - names.begin() + 1);
    at = end - 1;
  }
  return text;
}

}  // namespace

void PrintStatements(std::span<const Statement> statements, std::ostream& out) {
  for (const Statement& statement : statements) {
    std::vector<std::string> names;
    const std::string sql = Numbered(statement.sql, names);
    out << "PREPARE \"" << statement.name << "\" AS /* " << absl::StrJoin(names, ", ") << " */"
        << sql << ";\n\n";
  }
}

}  // namespace fsft::db
