#include "shared/work/outbox_statements.h"

#include "absl/strings/str_replace.h"
#include "shared/work/outbox_sql.h"

namespace fsft::work {

namespace {

std::string ForSchema(absl::string_view sql, const std::string& schema) {
  return absl::StrReplaceAll(sql, {{"$schema", schema}});
}

}  // namespace

OutboxStatements::OutboxStatements(const std::string& schema)
    : claim_{schema + ".outbox.claim", ForSchema(sql::kClaim, schema)},
      settle_{schema + ".outbox.settle", ForSchema(sql::kSettle, schema)},
      put_off_{schema + ".outbox.put_off", ForSchema(sql::kPutOff, schema)} {}

}  // namespace fsft::work
