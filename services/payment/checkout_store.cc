#include "services/payment/checkout_store.h"

#include "services/payment/checkout_sql.h"
#include "services/payment/open_payment_row.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

absl::StatusOr<OpenPayment> CheckoutStore::Open(const NewPayment& payment, db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kOpen,
                       {{"payment_id", payment.payment_id},
                        {"intake_id", payment.intake_id},
                        {"draft_id", payment.draft_id},
                        db::Param::Bytes("sha256", payment.content_sha256),
                        {"appeal_type", payment.appeal_type},
                        {"amount", payment.amount_cents},
                        {"currency", payment.currency},
                        {"product", payment.product_name},
                        {"success_url", payment.success_url},
                        {"cancel_url", payment.cancel_url},
                        {"check_after", check_after_.count()}},
                       deadline);
  if (absl::IsFailedPrecondition(row.status())) {
    return rpc::Error(absl::StatusCode::kNotFound, "draft_not_found", "there is no such draft");
  }
  if (row.ok() && !row->has_value()) {
    row = database_.RunOne(sql::kDecidingPayment, {{"draft_id", payment.draft_id}}, deadline);
  }
  if (!row.ok()) return row.status();
  // The payment that stood in the way may have ended between the two statements; the caller may
  // simply ask again.
  if (!row->has_value()) return absl::UnavailableError("the draft's payment changed meanwhile");
  return ReadOpenPayment(**row);
}

absl::StatusOr<std::vector<OpenPayment>> CheckoutStore::LiveOfIntake(std::string_view intake_id,
                                                                     db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kLiveOfIntake, {{"intake_id", intake_id}}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<OpenPayment> payments;
  for (const db::Row& row : *rows) payments.push_back(ReadOpenPayment(row));
  return payments;
}

absl::StatusOr<StoredSession> CheckoutStore::StoreSession(std::string_view payment_id,
                                                          std::string_view session_id,
                                                          std::string_view checkout_url,
                                                          db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kStoreSession,
                       {{"session_id", session_id},
                        db::Param::TextOrNull("checkout_url", checkout_url),
                        {"payment_id", payment_id}},
                       deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::InternalError("the payment has another session already");
  return StoredSession{.state = (*row)->Text(0), .events_wait = (*row)->Bool(1)};
}

absl::StatusOr<bool> CheckoutStore::End(const OpenPayment& payment, const PaymentEnd& end,
                                        db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kEnd,
                       {{"state", end.state},
                        {"payment_id", payment.payment_id},
                        db::Param::TextOrNull("session_id", payment.session_id),
                        {"reason", end.reason}},
                       deadline);
  if (!row.ok()) return row.status();
  return row->has_value();
}

}  // namespace fsft::payment
