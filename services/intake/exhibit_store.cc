#include "services/intake/exhibit_store.h"

#include "services/intake/exhibit_sql.h"

namespace fsft::intake {

namespace {

std::optional<crypto::WrappedKey> ReadKey(const db::Row& row, size_t bytes, size_t id) {
  if (row.IsNull(bytes)) return std::nullopt;
  return crypto::WrappedKey{.key_id = row.Text(id), .bytes = row.Bytes(bytes)};
}

// Its first four columns.
ExhibitRecord ReadSummary(const db::Row& row, size_t first) {
  return {.exhibit_id = row.Text(first),
          .position = row.Int64(first + 1),
          .width = row.Int64(first + 2),
          .height = row.Int64(first + 3)};
}

}  // namespace

absl::StatusOr<std::optional<int64_t>> ExhibitStore::Add(const NewExhibit& exhibit,
                                                         const RequestKey& key,
                                                         db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kAddExhibit,
                       {{"intake_id", exhibit.intake_id},
                        db::Param::Bytes("key_hmac", key.key_hmac),
                        db::Param::Bytes("digest", key.digest),
                        {"lookup_key_id", key.lookup_key_id},
                        db::Param::BytesArray("older_key_hmacs", key.OlderHmacs()),
                        {"exhibit_id", exhibit.exhibit_id},
                        {"key_seconds", key.lifetime.count()},
                        db::Param::Bytes("image", exhibit.image_sealed),
                        db::Param::BytesOrNull("caption", exhibit.caption_sealed),
                        db::Param::Bytes("sha256", exhibit.sha256),
                        {"width", exhibit.width},
                        {"height", exhibit.height},
                        {"byte_count", exhibit.byte_count}},
                       deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Int64(0);
}

absl::StatusOr<std::optional<ExhibitRecord>> ExhibitStore::FindAdded(const RequestKey& key,
                                                                     db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kAddedExhibit, {db::Param::BytesArray("key_hmacs", key.AllHmacs())}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  if (!key.HasDigest((*row)->Bytes(0), (*row)->Bytes(1))) return KeyReused();
  return ReadSummary(**row, 2);
}

absl::StatusOr<bool> ExhibitStore::Remove(const WorkingCopy& copy, std::string_view exhibit_id,
                                          db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kRemoveExhibit,
      {{"intake_id", copy.intake_id}, {"revision", copy.revision}, {"exhibit_id", exhibit_id}},
      deadline);
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::StatusOr<std::optional<bool>> ExhibitStore::IsRemoved(std::string_view intake_id,
                                                            std::string_view exhibit_id,
                                                            db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kIsRemoved, {{"exhibit_id", exhibit_id}, {"intake_id", intake_id}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Bool(0);
}

absl::StatusOr<std::vector<ExhibitRecord>> ExhibitStore::List(std::string_view intake_id,
                                                              db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kExhibits, {{"intake_id", intake_id}}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<ExhibitRecord> exhibits;
  for (const db::Row& row : *rows) {
    ExhibitRecord& exhibit = exhibits.emplace_back(ReadSummary(row, 0));
    exhibit.sha256 = row.Bytes(4);
    if (!row.IsNull(5)) exhibit.caption_sealed = row.Bytes(5);
  }
  return exhibits;
}

absl::StatusOr<std::optional<ExhibitImage>> ExhibitStore::FindImage(std::string_view exhibit_id,
                                                                    db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kExhibitImage, {{"exhibit_id", exhibit_id}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return ExhibitImage{.intake_id = (*row)->Text(0),
                      .image_sealed = (*row)->IsNull(1) ? "" : (*row)->Bytes(1),
                      .data_key = ReadKey(**row, 2, 3)};
}

}  // namespace fsft::intake
