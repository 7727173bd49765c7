#include "services/payment/checkout_store.h"

#include <map>
#include <unordered_map>
#include <utility>

#include "services/payment/checkout_sql.h"
#include "services/payment/open_payment_row.h"
#include "shared/db/errors.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

CheckoutStore::CheckoutStore(db::Database& database, std::chrono::seconds check_after)
    : database_(database),
      opening_({.at_once = 1, .may_be_of_one = db::MayBeOfOne},
               [this](auto payments, auto deadline) { return OpenAll(payments, deadline); }),
      storing_({.at_once = 1, .may_be_of_one = db::MayBeOfOne},
               [this](auto sessions, auto deadline) { return StoreAll(sessions, deadline); }),
      check_after_(check_after) {}

absl::StatusOr<OpenPayment> CheckoutStore::Open(const NewPayment& payment, db::Deadline deadline) {
  absl::StatusOr<Opened> opened = opening_.Call(payment, deadline);
  if (absl::IsFailedPrecondition(opened.status())) {
    return rpc::Error(absl::StatusCode::kNotFound, "draft_not_found", "there is no such draft");
  }
  if (!opened.ok()) return opened.status();
  if (opened->has_value()) return **std::move(opened);
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kDecidingPayment, {{"draft_id", payment.draft_id}}, deadline);
  if (!row.ok()) return row.status();
  // The payment that stood in the way may have ended between the two statements; the caller may
  // simply ask again.
  if (!row->has_value()) return absl::UnavailableError("the draft's payment changed meanwhile");
  return ReadOpenPayment(**row);
}

absl::StatusOr<std::vector<CheckoutStore::Opened>> CheckoutStore::OpenAll(
    std::span<const NewPayment* const> payments, db::Deadline deadline) {
  std::vector<std::string> ids, intakes, drafts, hashes, types, currencies, products, successes,
      cancels;
  std::vector<int64_t> amounts;
  for (const NewPayment* payment : payments) {
    ids.push_back(payment->payment_id);
    intakes.push_back(payment->intake_id);
    drafts.push_back(payment->draft_id);
    hashes.push_back(payment->content_sha256);
    types.push_back(payment->appeal_type);
    amounts.push_back(payment->amount_cents);
    currencies.push_back(payment->currency);
    products.push_back(payment->product_name);
    successes.push_back(payment->success_url);
    cancels.push_back(payment->cancel_url);
  }
  absl::StatusOr<db::Rows> rows = database_.Run(sql::kOpen,
                                                {db::Param::Array("payment_ids", ids),
                                                 db::Param::Array("intake_ids", intakes),
                                                 db::Param::Array("draft_ids", drafts),
                                                 db::Param::BytesArray("sha256s", hashes),
                                                 db::Param::Array("appeal_types", types),
                                                 db::Param::Array("amounts", amounts),
                                                 db::Param::Array("currencies", currencies),
                                                 db::Param::Array("products", products),
                                                 db::Param::Array("success_urls", successes),
                                                 db::Param::Array("cancel_urls", cancels),
                                                 {"check_after", check_after_.count()}},
                                                deadline);
  if (!rows.ok()) return rows.status();
  std::unordered_map<std::string, OpenPayment> found;
  for (const db::Row& row : *rows) {
    OpenPayment payment = ReadOpenPayment(row);
    found[payment.payment_id] = std::move(payment);
  }
  std::vector<Opened> opened;
  for (const NewPayment* payment : payments) {
    const auto one = found.find(payment->payment_id);
    opened.push_back(one != found.end() ? Opened(std::move(one->second)) : std::nullopt);
  }
  return opened;
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
  absl::StatusOr<Stored> stored = storing_.Call({payment_id, session_id, checkout_url}, deadline);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return absl::InternalError("the payment has another session already");
  return **std::move(stored);
}

absl::StatusOr<std::vector<CheckoutStore::Stored>> CheckoutStore::StoreAll(
    std::span<const NewSession* const> sessions, db::Deadline deadline) {
  std::vector<std::string> payments, ids, urls;
  for (const NewSession* session : sessions) {
    payments.emplace_back(session->payment_id);
    ids.emplace_back(session->session_id);
    urls.emplace_back(session->checkout_url);
  }
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kStoreSession,
                    {db::Param::Array("payment_ids", payments),
                     db::Param::Array("session_ids", ids), db::Param::Array("checkout_urls", urls)},
                    deadline);
  if (!rows.ok()) return rows.status();
  // Twins store the same session twice, and have one row.
  std::map<std::pair<std::string, std::string>, StoredSession> found;
  for (const db::Row& row : *rows) {
    found[{row.Text(0), row.Text(1)}] = {.state = row.Text(2), .events_wait = row.Bool(3)};
  }
  std::vector<Stored> stored;
  for (size_t i = 0; i < sessions.size(); ++i) {
    const auto one = found.find({payments[i], ids[i]});
    stored.push_back(one != found.end() ? Stored(one->second) : std::nullopt);
  }
  return stored;
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
