#include "shared/audit/trail.h"

#include "shared/words/proto_time.h"

namespace fsft::audit {

using fightsftickets::common::v1::AuditEntry;

void ToEntry(const db::Row& row, AuditEntry& entry) {
  words::ToProto(row.Time(0), *entry.mutable_at());
  entry.set_actor(row.Text(1));
  entry.set_action(row.Text(2));
  entry.set_from_state(row.TextOr(3));
  entry.set_to_state(row.Text(4));
  entry.set_reason(row.Text(5));
  entry.set_version(row.Int64(6));
}

void ToEntries(const db::Rows& rows, google::protobuf::RepeatedPtrField<AuditEntry>& entries) {
  for (const db::Row& row : rows) ToEntry(row, *entries.Add());
}

}  // namespace fsft::audit
