#include "services/fulfillment/letters_store.h"

#include <map>

#include "services/fulfillment/letters_sql.h"
#include "shared/crypto/encoding.h"

namespace fsft::fulfillment {
namespace {

// Seconds with their fraction, as make_interval takes them.
template <class Duration>
std::string Seconds(Duration duration) {
  return std::to_string(std::chrono::duration<double>(duration).count());
}

std::optional<SealedPdf> PdfOf(const db::Row& row, size_t first) {
  if (row.IsNull(first)) return std::nullopt;
  return SealedPdf{.sealed = row.Bytes(first),
                   .sha256 = row.Bytes(first + 1),
                   .key = {.key_id = row.Text(first + 3), .bytes = row.Bytes(first + 2)}};
}

ClaimedLetter ClaimedOf(const db::Row& row) {
  return {.payment_id = row.Text(0),
          .claim = row.Int64(1),
          .state = row.Text(2),
          .draft_id = row.Text(3),
          .content_sha256 = row.Bytes(4),
          .appeal_type = row.Text(5),
          .generation = static_cast<int>(row.Int64(6)),
          .attempt = static_cast<int>(row.Int64(7)),
          .failures = static_cast<int>(row.Int64(8)),
          .unsure = row.Bool(9),
          .unsure_too_long = row.Bool(10),
          .pdf = PdfOf(row, 11)};
}

Delivery DeliveryOf(const db::Row& row) {
  Delivery delivery{.payment_id = row.Text(0),
                    .version = row.Int64(1),
                    .state = row.Text(2),
                    .letter_id = row.TextOr(3),
                    .tracking_number = row.TextOr(4),
                    .expected_delivery = row.TextOr(5),
                    .mailed_at = std::nullopt};
  if (!row.IsNull(6)) delivery.mailed_at = row.Time(6);
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
    }
  }
  std::vector<std::string> ids, wants, intakes, drafts, sha256s, types, paid;
  std::vector<int64_t> versions;
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
         db::Param::Array("types", columns.types), db::Param::Array("paid", columns.paid)},
        deadline);
    if (!rows.ok()) return rows.status();
    if (auto states = InOrder(orders, *rows)) return *std::move(states);
  }
  return absl::AbortedError("letters are being inserted by others");
}

absl::StatusOr<std::optional<ClaimedLetter>> LettersStore::Claim(std::chrono::seconds lease,
                                                                 std::chrono::seconds unsure_max,
                                                                 db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kClaim, {{"lease", Seconds(lease)}, {"unsure", Seconds(unsure_max)}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return ClaimedOf(**row);
}

absl::StatusOr<bool> LettersStore::BeginPost(const ClaimedLetter& letter, const SealedPdf* pdf,
                                             std::chrono::seconds lease, db::Deadline deadline) {
  const auto bytes = [&](std::string_view name, const std::string& value) {
    return pdf == nullptr ? db::Param(name, std::nullopt) : db::Param::Bytes(name, value);
  };
  const SealedPdf none;
  const SealedPdf& values = pdf == nullptr ? none : *pdf;
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kBeginPost,
                       {{"lease", Seconds(lease)},
                        bytes("pdf", values.sealed),
                        bytes("sha256", values.sha256),
                        bytes("data_key", values.key.bytes),
                        db::Param::TextOrNull("data_key_id", values.key.key_id),
                        {"payment_id", letter.payment_id},
                        {"claim", letter.claim},
                        {"attempt", letter.attempt},
                        {"from_state", letter.state}},
                       deadline);
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::StatusOr<bool> LettersStore::Settle(const ClaimedLetter& letter, const Decision& decision,
                                          db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = std::nullopt;
  if (decision.to_state == letter.state) {
    row = database_.RunOne(sql::kPutOff,
                           {{"reason", decision.reason},
                            {"failures", decision.failures},
                            {"pause", Seconds(decision.pause)},
                            {"payment_id", letter.payment_id},
                            {"claim", letter.claim},
                            {"attempt", letter.attempt},
                            {"from_state", letter.state}},
                           deadline);
  } else {
    row = database_.RunOne(
        sql::kMove,
        {{"to_state", decision.to_state},
         {"reason", decision.reason},
         {"failures", decision.failures},
         {"unsure", decision.unsure},
         {"pause", Seconds(decision.pause)},
         db::Param::TextOrNull("letter_id", decision.accepted.letter_id),
         db::Param::TextOrNull("tracking_number", decision.accepted.tracking_number),
         db::Param::TextOrNull("expected_delivery", decision.accepted.expected_delivery),
         {"payment_id", letter.payment_id},
         {"claim", letter.claim},
         {"attempt", letter.attempt},
         {"from_state", letter.state}},
        deadline);
  }
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::StatusOr<std::optional<std::string>> LettersStore::Retry(std::string_view payment_id,
                                                               std::string_view actor,
                                                               db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kRetry, {{"payment_id", payment_id}, {"actor", actor}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Text(0);
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
  return PdfOf(**row, 0);
}

absl::StatusOr<Backlog> LettersStore::ReadBacklog(db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(sql::kBacklog, {}, deadline);
  if (!row.ok()) return row.status();
  Backlog backlog{.letters = (*row)->Int64(0), .oldest = std::nullopt};
  if (!(*row)->IsNull(1)) backlog.oldest = std::chrono::seconds((*row)->Int64(1));
  return backlog;
}

}  // namespace fsft::fulfillment
