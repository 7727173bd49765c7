#include "services/fulfillment/letters_store.h"

#include <map>

#include "services/fulfillment/letters_sql.h"
#include "shared/crypto/encoding.h"

namespace fsft::fulfillment {
namespace {

std::optional<time::TimePoint> TimeOrNothing(const db::Row& row, size_t column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.Time(column);
}

Delivery DeliveryOf(const db::Row& row) {
  Delivery delivery{.payment_id = row.Text(0),
                    .version = row.Int64(1),
                    .state = row.Text(2),
                    .letter_id = row.TextOr(3),
                    .tracking_number = row.TextOr(4),
                    .expected_delivery = row.TextOr(5),
                    .mailed_at = TimeOrNothing(row, 6),
                    .delivered_at = TimeOrNothing(row, 7),
                    .returned_at = TimeOrNothing(row, 8)};
  return delivery;
}

// The batch as one array per column.
struct Columns {
  explicit Columns(const std::vector<WantedLetter>& orders) {
    for (const WantedLetter& order : orders) {
      ids.push_back(order.payment_id);
      versions.push_back(order.version);
      wants.push_back(order.want);
      intakes.push_back(order.intake_id);
      drafts.push_back(order.draft_id);
      sha256s.push_back("\\x" + crypto::HexEncode(order.content_sha256));
      types.push_back(order.appeal_type);
      paid.push_back(order.paid_at ? time::FormatRfc3339(*order.paid_at) : "");
      amounts.push_back(order.amount_cents);
      currencies.push_back(order.currency);
      refunded.push_back(order.refunded_cents);
      modes.push_back(!order.livemode ? "" : *order.livemode ? "live" : "test");
    }
  }
  std::vector<std::string> ids, wants, intakes, drafts, sha256s, types, paid, currencies, modes;
  std::vector<int64_t> versions, amounts, refunded;
};

// The states in the order of `orders`; nothing when one of them is missing.
std::optional<std::vector<std::string>> InOrder(const std::vector<WantedLetter>& orders,
                                                const db::Rows& rows) {
  std::map<std::string, std::string> by_id;
  for (const db::Row& row : rows) {
    if (row.IsNull(1)) return std::nullopt;
    by_id[row.Text(0)] = row.Text(1);
  }
  std::vector<std::string> states;
  for (const WantedLetter& order : orders) states.push_back(by_id[order.payment_id]);
  return states;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> LettersStore::PutOrders(
    const std::vector<WantedLetter>& orders, db::Deadline deadline) {
  const Columns columns(orders);
  // Twice: a letter that a concurrent call inserted while the first run looked is there for the
  // second.
  for (int run = 0; run < 2; ++run) {
    absl::StatusOr<db::Rows> rows = database_.Run(
        sql::kPutOrders,
        {db::Param::Array("ids", columns.ids), db::Param::Array("versions", columns.versions),
         db::Param::Array("wants", columns.wants), db::Param::Array("intakes", columns.intakes),
         db::Param::Array("drafts", columns.drafts), db::Param::Array("sha256s", columns.sha256s),
         db::Param::Array("types", columns.types), db::Param::Array("paid", columns.paid),
         db::Param::Array("amounts", columns.amounts),
         db::Param::Array("currencies", columns.currencies),
         db::Param::Array("refunded", columns.refunded), db::Param::Array("modes", columns.modes)},
        deadline);
    if (!rows.ok()) return rows.status();
    if (auto states = InOrder(orders, *rows)) return *std::move(states);
  }
  return absl::AbortedError("letters are being inserted by others");
}

absl::StatusOr<std::optional<Move>> LettersStore::Cancel(std::string_view payment_id,
                                                         std::string_view actor,
                                                         db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kCancel, {{"payment_id", payment_id}, {"actor", actor}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return Move{.state_before = (*row)->Text(0), .state_after = (*row)->TextOr(1)};
}

absl::StatusOr<std::optional<Move>> LettersStore::Retry(std::string_view payment_id,
                                                        std::string_view actor, bool undo_cancel,
                                                        db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kRetry, {{"payment_id", payment_id}, {"actor", actor}, {"undo_cancel", undo_cancel}},
      deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return Move{
      .state_before = (*row)->Text(0), .state_after = (*row)->Text(1), .stopped = (*row)->Bool(2)};
}

absl::StatusOr<std::optional<Renewal>> LettersStore::NewGeneration(std::string_view payment_id,
                                                                   std::string_view actor,
                                                                   bool force,
                                                                   db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kNewGeneration,
      {{"proof", kMissesThatProve}, {"payment_id", payment_id}, {"actor", actor}, {"force", force}},
      deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return Renewal{
      .state_before = (*row)->Text(0), .proven = (*row)->Bool(1), .wanted = (*row)->Bool(2)};
}

absl::StatusOr<std::vector<Delivery>> LettersStore::Deliveries(
    const std::vector<std::string>& payment_ids, db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kDeliveries, {db::Param::Array("ids", payment_ids)}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<Delivery> deliveries;
  for (const db::Row& row : *rows) deliveries.push_back(DeliveryOf(row));
  return deliveries;
}

absl::StatusOr<std::optional<SealedPdf>> LettersStore::Pdf(std::string_view payment_id,
                                                           db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kPdf, {{"payment_id", payment_id}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return SealedPdfOf(**row, 0);
}

absl::StatusOr<Backlog> LettersStore::ReadBacklog(db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(sql::kBacklog, {}, deadline);
  if (!row.ok()) return row.status();
  Backlog backlog{.letters = (*row)->Int64(0), .oldest = std::nullopt};
  if (!(*row)->IsNull(1)) backlog.oldest = std::chrono::seconds((*row)->Int64(1));
  return backlog;
}

}  // namespace fsft::fulfillment
