#include "shared/db/errors.h"

#include <array>
#include <string>

#include "absl/strings/str_cat.h"

namespace fsft::db {

namespace {

struct Mapping {
  std::string_view prefix;
  absl::StatusCode code;
};

constexpr std::string_view kLockNotAvailable = "55P03";

// The first prefix that fits decides, so single states stand before their class.
constexpr std::array kMappings = {
    Mapping{"08", absl::StatusCode::kUnavailable},
    Mapping{"57014", absl::StatusCode::kDeadlineExceeded},  // query_canceled: statement_timeout
    Mapping{kLockNotAvailable, absl::StatusCode::kDeadlineExceeded},  // lock_timeout
    Mapping{"57P", absl::StatusCode::kUnavailable},    // shutting down, starting up, terminated
    Mapping{"53", absl::StatusCode::kUnavailable},     // out of connections, disk or memory
    Mapping{"25006", absl::StatusCode::kUnavailable},  // read only: a standby before its promotion
    Mapping{"25P03", absl::StatusCode::kUnavailable},  // idle_in_transaction_session_timeout
    Mapping{"40", absl::StatusCode::kAborted},
    Mapping{"23505", absl::StatusCode::kAlreadyExists},
    Mapping{"23503", absl::StatusCode::kFailedPrecondition},
    Mapping{"23", absl::StatusCode::kInvalidArgument},
    Mapping{"22", absl::StatusCode::kInvalidArgument},
    Mapping{"42501", absl::StatusCode::kPermissionDenied},
};

constexpr std::string_view kPayloadUrl = "fightsftickets/sqlstate";

absl::StatusCode CodeOf(std::string_view sqlstate) {
  if (sqlstate.empty()) return absl::StatusCode::kUnavailable;
  for (const Mapping& mapping : kMappings) {
    if (sqlstate.starts_with(mapping.prefix)) return mapping.code;
  }
  return absl::StatusCode::kInternal;
}

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

absl::Status FromSqlState(std::string_view sqlstate, std::string_view statement) {
  absl::Status status(CodeOf(sqlstate), absl::StrCat(Absl(statement), ": SQLSTATE ",
                                                     sqlstate.empty() ? "none" : Absl(sqlstate)));
  status.SetPayload(Absl(kPayloadUrl), absl::Cord(Absl(sqlstate)));
  return status;
}

bool MayBeOfOne(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kInternal:
      return true;
    default:
      return SqlStateOf(status) == kLockNotAvailable;
  }
}

bool IsConnectionLoss(std::string_view sqlstate) {
  return sqlstate.empty() || sqlstate.starts_with("08") || sqlstate.starts_with("57P0") ||
         sqlstate == "25P03";
}

std::string_view SqlStateOf(const absl::Status& status) {
  auto payload = status.GetPayload(Absl(kPayloadUrl));
  if (!payload.has_value()) return "";
  // One of the few states that anybody asks for; kept as constants so that the answer outlives the
  // status.
  for (std::string_view known : {"23505", "23503", "40001", "40P01", "57014", "55P03", "42501"}) {
    if (*payload == Absl(known)) return known;
  }
  return "other";
}

}  // namespace fsft::db
