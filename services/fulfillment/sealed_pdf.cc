#include "services/fulfillment/sealed_pdf.h"

#include "shared/crypto/digest.h"
#include "shared/db/row.h"

namespace fsft::fulfillment {
namespace {

std::string KeyContext(std::string_view payment_id) { return "letter:" + std::string(payment_id); }

crypto::SealContext Context(std::string_view payment_id) {
  return {.table = "fulfillment.letters", .column = "pdf_sealed", .id = payment_id};
}

}  // namespace

SealedPdf SealPdf(const crypto::KeyRing& ring, std::string_view payment_id, std::string_view pdf) {
  const crypto::DataKey key = crypto::DataKey::New();
  return {.sealed = key.Seal(pdf, Context(payment_id)),
          .sha256 = crypto::Sha256(pdf),
          .key = key.Wrap(ring, KeyContext(payment_id))};
}

absl::StatusOr<std::string> OpenPdf(const crypto::KeyRing& ring, std::string_view payment_id,
                                    const SealedPdf& pdf) {
  absl::StatusOr<crypto::DataKey> key =
      crypto::DataKey::Unwrap(ring, pdf.key, KeyContext(payment_id));
  if (!key.ok()) return key.status();
  absl::StatusOr<std::string> plain = key->Open(pdf.sealed, Context(payment_id));
  if (!plain.ok()) return plain.status();
  if (crypto::Sha256(*plain) != pdf.sha256)
    return absl::DataLossError("the letter is not the one that was typeset");
  return plain;
}

absl::StatusOr<crypto::WrappedKey> RewrapPdfKey(std::string_view payment_id,
                                                const crypto::WrappedKey& wrapped,
                                                const crypto::KeyRing& ring) {
  absl::StatusOr<crypto::DataKey> key =
      crypto::DataKey::Unwrap(ring, wrapped, KeyContext(payment_id));
  if (!key.ok()) return key.status();
  return key->Wrap(ring, KeyContext(payment_id));
}

std::optional<SealedPdf> SealedPdfOf(const db::Row& row, size_t first) {
  if (row.IsNull(first)) return std::nullopt;
  return SealedPdf{.sealed = row.Bytes(first),
                   .sha256 = row.Bytes(first + 1),
                   .key = {.key_id = row.Text(first + 3), .bytes = row.Bytes(first + 2)}};
}

}  // namespace fsft::fulfillment
