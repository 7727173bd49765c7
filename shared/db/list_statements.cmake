# Writes OUTPUT, a C++ file with fsft::SERVICE::Statements(): all statements of the service's HEADERS.
# And what is the same in all of them: the ping, with OUTBOX those of its outbox, with SERVER_GAUGES the look at the server.
# cmake -D SERVICE=... -D "HEADERS=...|..." -D OUTBOX=... -D SERVER_GAUGES=... -D ROOT=... -D OUTPUT=... -P list_statements.cmake

string(REPLACE "|" ";" HEADERS "${HEADERS}")
set(includes "")
set(names "")
foreach(header IN LISTS HEADERS)
  file(STRINGS "${header}" lines REGEX "db::Statement k")
  if(NOT lines)
    message(FATAL_ERROR "${header} has no statement that could be found")
  endif()
  foreach(line IN LISTS lines)
    string(REGEX MATCH "k[A-Za-z0-9]+" name "${line}")
    string(APPEND names "      sql::${name},\n")
  endforeach()
  file(RELATIVE_PATH header "${ROOT}" "${header}")
  string(APPEND includes "#include \"${header}\"\n")
endforeach()

string(APPEND includes "#include \"shared/db/ping_sql.h\"\n")
string(APPEND names "      db::sql::kPing,\n")
set(outbox "")
if(OUTBOX)
  string(APPEND includes "#include \"shared/work/outbox_statements.h\"\n")
  set(outbox "  static const work::OutboxStatements outbox(\"${SERVICE}\");\n")
  string(APPEND names "      outbox.claim(),\n      outbox.settle(),\n      outbox.put_off(),\n")
endif()

if(SERVER_GAUGES)
  string(APPEND includes "#include \"shared/db/server_gauges_sql.h\"\n")
  string(APPEND names "      db::sql::kServerGauges,\n")
endif()

file(WRITE "${OUTPUT}" "#include <vector>

${includes}
namespace fsft::${SERVICE} {

std::vector<db::Statement> Statements() {
${outbox}  return {
${names}  };
}

}  // namespace fsft::${SERVICE}
")
