# Writes OUTPUT, a C++ file with fsft::SERVICE::Statements(): all statements of the service's HEADERS.
# cmake -D SERVICE=... -D "HEADERS=...|..." -D ROOT=... -D OUTPUT=... -P list_statements.cmake

string(REPLACE "|" ";" HEADERS "${HEADERS}")
set(includes "")
set(names "")
foreach(header IN LISTS HEADERS)
  file(STRINGS "${header}" lines REGEX "db::Statement k")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "k[A-Za-z0-9]+" name "${line}")
    string(APPEND names "      &sql::${name},\n")
  endforeach()
  file(RELATIVE_PATH header "${ROOT}" "${header}")
  string(APPEND includes "#include \"${header}\"\n")
endforeach()

file(WRITE "${OUTPUT}" "#include <vector>

${includes}
namespace fsft::${SERVICE} {

std::vector<const db::Statement*> Statements() {
  return {
${names}  };
}

}  // namespace fsft::${SERVICE}
")
