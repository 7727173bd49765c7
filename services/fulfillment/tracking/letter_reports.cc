#include "services/fulfillment/tracking/letter_reports.h"

#include <string>
#include <vector>

#include "services/fulfillment/mailing/settling.h"
#include "services/fulfillment/tracking/letter_reports_sql.h"
#include "shared/audit/activity.h"
#include "shared/audit/trail.h"
#include "shared/ids/uuid.h"
#include "shared/logging/logging.h"
#include "shared/rpc/deadline.h"
#include "shared/rpc/status.h"
#include "shared/words/proto_time.h"
#include "shared/words/words.h"

namespace fsft::fulfillment {
namespace {

namespace common_v1 = fightsftickets::common::v1;
namespace fulfillment_v1 = fightsftickets::fulfillment::v1;

constexpr int kDefaultLimit = 50;
constexpr int kLargestLimit = 100;
// Before every id that there will be.
constexpr char kFirstId[] = "00000000-0000-0000-0000-000000000000";

template <class Duration>
std::string Seconds(Duration duration) {
  return std::to_string(std::chrono::seconds(duration).count());
}

absl::Status CheckList(const fulfillment_v1::ListRequest& request) {
  std::vector<rpc::FieldViolation> violations;
  if (words::WordOf(request.list()).empty())
    violations.push_back(rpc::Violation("list", "invalid", "must be one of the lists"));
  if (request.limit() < 0 || request.limit() > kLargestLimit)
    violations.push_back(rpc::Violation("limit", "out_of_range", "must be 1 to 100"));
  if (!request.cursor().empty() && !ids::IsUuid(request.cursor()))
    violations.push_back(rpc::Violation("cursor", "invalid", "must come from a page before"));
  return violations.empty() ? absl::OkStatus() : rpc::InvalidFields(violations);
}

void ToMessage(const db::Row& row, fulfillment_v1::ListedLetter& message) {
  message.set_payment_id(row.Text(0));
  message.set_state(words::EnumOf<common_v1::DeliveryState>(row.Text(1)));
  message.set_reason(row.Text(2));
  message.set_want(row.Text(3));
  message.set_appeal_type(words::EnumOf<common_v1::AppealType>(row.Text(4)));
  message.set_generation(static_cast<int>(row.Int64(5)));
  message.set_attempt(static_cast<int>(row.Int64(6)));
  message.set_letter_id(row.TextOr(7));
  message.set_tracking_number(row.TextOr(8));
  message.set_expected_delivery(row.TextOr(9));
  if (!row.IsNull(10)) words::ToProto(row.Time(10), *message.mutable_paid_at());
  if (!row.IsNull(11)) words::ToProto(row.Time(11), *message.mutable_mailed_at());
  if (!row.IsNull(12)) words::ToProto(row.Time(12), *message.mutable_moved_at());
  words::ToProto(row.Time(13), *message.mutable_next_at());
  message.set_cancelled_by(row.TextOr(14));
}

}  // namespace

LetterReports::LetterReports(db::Database& database, metrics::Registry& registry, bool livemode)
    : database_(database),
      livemode_(livemode),
      stuck_(registry.AddGauge("letters_stuck",
                               "Letters on their way of which nothing was heard for too long")),
      of_other_mode_(registry.AddGauge(
          "letters_of_other_mode",
          "Letters that wait for a key of the printer's of the other mode, live or test")) {}

absl::StatusOr<fulfillment_v1::ListResponse> LetterReports::List(
    const fulfillment_v1::ListRequest& request, db::Deadline deadline) {
  if (absl::Status status = CheckList(request); !status.ok()) return status;
  const int limit = request.limit() == 0 ? kDefaultLimit : request.limit();
  const std::string after = request.cursor().empty() ? kFirstId : request.cursor();
  const auto rows = [&]() -> absl::StatusOr<db::Rows> {
    switch (request.list()) {
      case fulfillment_v1::LETTER_LIST_STUCK:
        return database_.Run(sql::kListStuck,
                             {{"after", after},
                              {"limit", limit},
                              {"stuck", Seconds(kStuckAfter)},
                              {"given_up", Seconds(kGivenUpAfter)}},
                             deadline);
      case fulfillment_v1::LETTER_LIST_WAITING:
        return database_.Run(
            sql::kListWaiting,
            {{"after", after}, {"limit", limit}, {"waiting", Seconds(kWaitingAfter)}}, deadline);
      case fulfillment_v1::LETTER_LIST_CANCELLED_BY_OPERATOR:
        return database_.Run(sql::kListStopped, {{"after", after}, {"limit", limit}}, deadline);
      default:
        // The other lists are named after the states.
        return database_.Run(
            sql::kListState,
            {{"after", after}, {"limit", limit}, {"state", words::WordOf(request.list())}},
            deadline);
    }
  }();
  if (!rows.ok()) return rows.status();
  fulfillment_v1::ListResponse response;
  for (const db::Row& row : *rows) ToMessage(row, *response.add_letters());
  if (response.letters_size() == limit)
    response.set_next_cursor(response.letters(limit - 1).payment_id());
  return response;
}

absl::StatusOr<fulfillment_v1::GetAuditTrailResponse> LetterReports::AuditTrail(
    std::string_view payment_id, db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kAuditTrail, {{"payment_id", payment_id}}, deadline);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) {
    return rpc::Error(absl::StatusCode::kNotFound, "letter_not_found", "there is no such letter");
  }
  fulfillment_v1::GetAuditTrailResponse response;
  audit::ToEntries(*rows, *response.mutable_entries());
  return response;
}

absl::StatusOr<fulfillment_v1::ListActivityResponse> LetterReports::Activity(
    const fulfillment_v1::ListActivityRequest& request, db::Deadline deadline) {
  return audit::ListActivity<fulfillment_v1::ListActivityResponse>(database_, sql::kActivity,
                                                                   request, deadline);
}

absl::StatusOr<fulfillment_v1::GetStatsResponse> LetterReports::Stats(db::Deadline deadline) {
  absl::StatusOr<db::Rows> states = database_.Run(sql::kLettersByState, {}, deadline);
  if (!states.ok()) return states.status();
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kStats,
                       {{"stuck", Seconds(kStuckAfter)},
                        {"given_up", Seconds(kGivenUpAfter)},
                        {"waiting", Seconds(kWaitingAfter)}},
                       deadline);
  if (!row.ok()) return row.status();
  fulfillment_v1::GetStatsResponse response;
  for (const db::Row& state : *states) {
    (*response.mutable_letters())[state.Text(0)] = state.Int64(1);
  }
  response.set_stuck((*row)->Int64(0));
  response.set_waiting((*row)->Int64(1));
  response.set_outcome_unknown((*row)->Int64(2));
  response.set_dead_letter((*row)->Int64(3));
  response.set_failed_at_printer((*row)->Int64(4));
  response.set_unmatched_events((*row)->Int64(5));
  return response;
}

absl::StatusOr<int> LetterReports::Measure() {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kCountStuck, {{"stuck", Seconds(kStuckAfter)}, {"given_up", Seconds(kGivenUpAfter)}},
      rpc::In(kDatabasePatience));
  if (!row.ok()) return row.status();
  stuck_.Set(static_cast<double>((*row)->Int64(0)));
  row =
      database_.RunOne(sql::kCountOtherMode, {{"livemode", livemode_}}, rpc::In(kDatabasePatience));
  if (!row.ok()) return row.status();
  const int64_t of_other_mode = (*row)->Int64(0);
  of_other_mode_.Set(static_cast<double>(of_other_mode));
  if (of_other_mode > 0)
    logging::Error("letters wait for a key of the other mode", {{"letters", of_other_mode}});
  return 0;
}

}  // namespace fsft::fulfillment
