#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include "fightsftickets/common/v1/audit.pb.h"
#include "shared/db/row.h"

namespace fsft::audit {

// Of a row of a service's audit log that begins with at, actor, action, from_state (NULL where
// there was none), to_state, reason and version.
void ToEntry(const db::Row& row, fightsftickets::common::v1::AuditEntry& entry);

// Adds such rows, in their order.
void ToEntries(const db::Rows& rows,
               google::protobuf::RepeatedPtrField<fightsftickets::common::v1::AuditEntry>& entries);

}  // namespace fsft::audit
