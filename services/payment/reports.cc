#include "services/payment/reports.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/payment/order_message.h"
#include "services/payment/refund_request.h"
#include "services/payment/reports_sql.h"
#include "services/payment/row_readers.h"
#include "shared/audit/activity.h"
#include "shared/audit/trail.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::payment {

namespace {

namespace payment_v1 = fightsftickets::payment::v1;

constexpr int kDefaultLimit = 50;
constexpr int kLargestLimit = 100;
constexpr int kLongestFunnel = 366;
// After every id that there will be.
constexpr char kLastId[] = "ffffffff-ffff-ffff-ffff-ffffffffffff";

const db::Statement* StatementOf(payment_v1::PaymentList list) {
  switch (list) {
    case payment_v1::PAYMENT_LIST_ALL:
      return &sql::kListAll;
    case payment_v1::PAYMENT_LIST_REVIEW:
      return &sql::kListReview;
    case payment_v1::PAYMENT_LIST_REFUNDING:
      return &sql::kListRefunding;
    case payment_v1::PAYMENT_LIST_REFUND_FAILED:
      return &sql::kListRefundFailed;
    case payment_v1::PAYMENT_LIST_REFUNDED_AFTER_MAILING:
      return &sql::kListRefundedAfterMailing;
    case payment_v1::PAYMENT_LIST_HELD:
      return &sql::kListHeld;
    case payment_v1::PAYMENT_LIST_DISPUTED:
      return &sql::kListDisputed;
    default:
      return nullptr;
  }
}

absl::Status CheckList(const payment_v1::ListRequest& request) {
  std::vector<rpc::FieldViolation> violations;
  if (StatementOf(request.list()) == nullptr) {
    violations.push_back(rpc::Violation("list", "invalid", "must be one of the lists"));
  }
  if (request.limit() < 0 || request.limit() > kLargestLimit) {
    violations.push_back(rpc::Violation("limit", "out_of_range", "must be 1 to 100"));
  }
  if (!request.cursor().empty() && !ids::IsUuid(request.cursor())) {
    violations.push_back(rpc::Violation("cursor", "invalid", "must come from a page before"));
  }
  return violations.empty() ? absl::OkStatus() : rpc::InvalidFields(violations);
}

std::optional<absl::CivilDay> DayOf(const std::string& text, std::string_view field,
                                    std::vector<rpc::FieldViolation>& violations) {
  absl::CivilDay day;
  // Of the many spellings that could be read, one counts.
  if (absl::ParseCivilTime(text, &day) && absl::FormatCivilTime(day) == text) return day;
  violations.push_back(rpc::Violation(field, "invalid", "must be a date, YYYY-MM-DD"));
  return std::nullopt;
}

absl::Status CheckFunnel(const payment_v1::GetFunnelRequest& request) {
  std::vector<rpc::FieldViolation> violations;
  const std::optional<absl::CivilDay> from = DayOf(request.from(), "from", violations);
  const std::optional<absl::CivilDay> to = DayOf(request.to(), "to", violations);
  if (from && to && (*to < *from || *to - *from >= kLongestFunnel)) {
    violations.push_back(
        rpc::Violation("to", "out_of_range", "must be 0 to 365 days after the first day"));
  }
  return violations.empty() ? absl::OkStatus() : rpc::InvalidFields(violations);
}

// By payment; the newest refund of each first.
absl::StatusOr<std::map<std::string, std::vector<Refund>>> RefundsOf(
    db::Database& database, const std::vector<std::string>& payment_ids, db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database.Run(sql::kRefundsOf, {db::Param::Array("ids", payment_ids)}, deadline);
  if (!rows.ok()) return rows.status();
  std::map<std::string, std::vector<Refund>> refunds;
  for (const db::Row& row : *rows) {
    Refund refund = ReadRefund(row);
    refunds[refund.payment_id].push_back(std::move(refund));
  }
  return refunds;
}

void ToMessage(const db::Row& row, const std::vector<Refund>& refunds,
               payment_v1::ListedPayment& message) {
  ToMessage(ReadOrder(row), *message.mutable_order());
  message.set_dispute(row.Text(18));
  message.set_held(row.Bool(19));
  for (const Refund& refund : refunds) ToMessage(refund, *message.add_refunds());
}

}  // namespace

absl::StatusOr<payment_v1::ListResponse> Reports::List(const payment_v1::ListRequest& request,
                                                       db::Deadline deadline) {
  if (absl::Status status = CheckList(request); !status.ok()) return status;
  const int limit = request.limit() == 0 ? kDefaultLimit : request.limit();
  const std::string before = request.cursor().empty() ? kLastId : request.cursor();
  absl::StatusOr<db::Rows> found =
      database_.Run(*StatementOf(request.list()), {{"before", before}, {"limit", limit}}, deadline);
  if (!found.ok()) return found.status();
  std::vector<std::string> page;
  for (const db::Row& row : *found) page.push_back(row.Text(0));

  auto refunds = RefundsOf(database_, page, deadline);
  if (!refunds.ok()) return refunds.status();
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kListed, {db::Param::Array("ids", page)}, deadline);
  if (!rows.ok()) return rows.status();
  payment_v1::ListResponse response;
  for (const db::Row& row : *rows) {
    ToMessage(row, (*refunds)[row.Text(0)], *response.add_payments());
  }
  if (std::ssize(page) == limit) response.set_next_cursor(page.back());
  return response;
}

absl::StatusOr<payment_v1::GetAuditTrailResponse> Reports::AuditTrail(std::string_view payment_id,
                                                                      db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kAuditTrail, {{"payment_id", payment_id}}, deadline);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) {
    return rpc::Error(absl::StatusCode::kNotFound, "order_not_found", "there is no such order");
  }
  payment_v1::GetAuditTrailResponse response;
  audit::ToEntries(*rows, *response.mutable_entries());
  return response;
}

absl::StatusOr<payment_v1::ListActivityResponse> Reports::Activity(
    const payment_v1::ListActivityRequest& request, db::Deadline deadline) {
  return audit::ListActivity<payment_v1::ListActivityResponse>(database_, sql::kActivity, request,
                                                               deadline);
}

absl::StatusOr<payment_v1::GetStatsResponse> Reports::Stats(db::Deadline deadline) {
  absl::StatusOr<db::Rows> states = database_.Run(sql::kPaymentsByState, {}, deadline);
  if (!states.ok()) return states.status();
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(sql::kStats, {}, deadline);
  if (!row.ok()) return row.status();
  payment_v1::GetStatsResponse response;
  for (const db::Row& state : *states) {
    (*response.mutable_payments())[state.Text(0)] = state.Int64(1);
  }
  response.set_review((*row)->Int64(0));
  response.set_held((*row)->Int64(1));
  response.set_refunds_under_way((*row)->Int64(2));
  response.set_refunds_failed((*row)->Int64(3));
  response.set_refunded_after_mailing((*row)->Int64(4));
  response.set_disputes_open((*row)->Int64(5));
  response.set_unmatched_events((*row)->Int64(6));
  response.set_paid_and_unmailed((*row)->Int64(7));
  response.set_oldest_paid_and_unmailed_seconds((*row)->Int64(8));
  return response;
}

absl::StatusOr<payment_v1::GetFunnelResponse> Reports::Funnel(
    const payment_v1::GetFunnelRequest& request, db::Deadline deadline) {
  if (absl::Status status = CheckFunnel(request); !status.ok()) return status;
  absl::StatusOr<db::Rows> rows = database_.Run(
      sql::kFunnel, {{"from_day", request.from()}, {"to_day", request.to()}}, deadline);
  if (!rows.ok()) return rows.status();
  payment_v1::GetFunnelResponse response;
  for (const db::Row& row : *rows) {
    payment_v1::FunnelDay& day = *response.add_days();
    day.set_day(row.Text(0));
    day.set_appeal_type(words::EnumOf<fightsftickets::common::v1::AppealType>(row.Text(1)));
    day.set_checkouts(row.Int64(2));
    day.set_paid(row.Int64(3));
    day.set_mailed(row.Int64(4));
    day.set_revenue_cents(row.Int64(5));
    day.set_refunded_cents(row.Int64(6));
    day.set_disputed(row.Int64(7));
    day.set_median_seconds_to_mailed(row.Int64(8));
    day.set_p95_seconds_to_mailed(row.Int64(9));
  }
  return response;
}

}  // namespace fsft::payment
