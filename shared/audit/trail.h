#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include "fightsftickets/common/v1/audit.pb.h"
#include "shared/db/row.h"

namespace fsft::audit {

// Adds the rows of a service's trail, in their order. Their columns are at, actor, action,
// from_state (NULL where there was none), to_state, reason and version.
void ToEntries(const db::Rows& rows,
               google::protobuf::RepeatedPtrField<fightsftickets::common::v1::AuditEntry>& entries);

}  // namespace fsft::audit
