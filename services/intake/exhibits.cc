#include "services/intake/exhibits.h"

#include <utility>

#include "services/intake/field_checks.h"
#include "services/intake/letter_room.h"
#include "services/intake/sealing.h"
#include "services/intake/text.h"
#include "shared/crypto/digest.h"
#include "shared/ids/uuid.h"
#include "shared/images/photograph.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::AddExhibitRequest;
using fightsftickets::intake::v1::AddExhibitResponse;
using fightsftickets::intake::v1::Exhibit;
using fightsftickets::intake::v1::ExhibitSummary;
using fightsftickets::intake::v1::RemoveExhibitRequest;
using fightsftickets::intake::v1::RemoveExhibitResponse;

constexpr size_t kMaxImageBytes = 10 << 20;
constexpr size_t kMaxCaption = 100;

crypto::SealContext ImageContext(std::string_view exhibit_id) {
  return {.table = "intake.exhibits", .column = "image_sealed", .id = exhibit_id};
}

crypto::SealContext CaptionContext(std::string_view exhibit_id) {
  return {.table = "intake.exhibits", .column = "caption_sealed", .id = exhibit_id};
}

// For people, by the reasons of shared/images/photograph.h.
std::string_view Sentence(std::string_view reason) {
  if (reason == "image_type_unsupported") return "must be a JPEG or a PNG";
  if (reason == "image_animated") return "must be a single picture";
  if (reason == "image_too_large") return "has too many pixels; a smaller copy will do";
  return "is damaged or incomplete";
}

// What a picture's error means to whoever sent it. No memory is our trouble, and worth a retry.
absl::Status RefuseImage(const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return absl::UnavailableError(status.message());
  const std::string_view reason(status.message().data(), status.message().size());
  const rpc::FieldViolation violation = rpc::Violation("file", reason, Sentence(reason));
  if (reason != "image_type_unsupported") return rpc::InvalidFields({violation});
  return rpc::WithViolations(rpc::Error(absl::StatusCode::kInvalidArgument,
                                        "unsupported_media_type", "the file is of another type"),
                             {violation});
}

// Why an intake takes no photograph; OK when it does.
absl::Status MayTakeOneMore(const WorkingCopy& copy, bool checkout_ended) {
  if (absl::Status status = MayChange(copy, checkout_ended); !status.ok()) return status;
  if (copy.exhibit_count < kMaxExhibits) return absl::OkStatus();
  return rpc::Error(absl::StatusCode::kFailedPrecondition, "too_many_exhibits",
                    "an appeal can have at most five photographs");
}

absl::Status NotFound() {
  return rpc::Error(absl::StatusCode::kNotFound, "exhibit_not_found", "there is no such exhibit");
}

absl::Status CheckFields(const AddExhibitRequest& request) {
  FieldChecks checks;
  std::string caption = request.caption();
  if (checks.Text("caption", caption, 0, kMaxCaption)) CheckCaptionRoom(caption, checks);
  if (request.image().empty()) checks.Add("file", "required", "must not be empty");
  if (request.image().size() > kMaxImageBytes)
    checks.Add("file", "too_long", "must have at most 10 MiB");
  return checks.ToStatus();
}

ExhibitSummary SummaryOf(const ExhibitRecord& record) {
  ExhibitSummary exhibit;
  exhibit.set_exhibit_id(record.exhibit_id);
  exhibit.set_position(static_cast<int32_t>(record.position));
  exhibit.set_width(static_cast<int32_t>(record.width));
  exhibit.set_height(static_cast<int32_t>(record.height));
  return exhibit;
}

AddExhibitResponse ResponseOf(const ExhibitRecord& record, bool repeated) {
  AddExhibitResponse response;
  *response.mutable_exhibit() = SummaryOf(record);
  response.set_repeated_request(repeated);
  return response;
}

}  // namespace

absl::StatusOr<AddExhibitResponse> Exhibits::Add(const AddExhibitRequest& request,
                                                 rpc::Deadline deadline) {
  absl::StatusOr<WorkingCopy> copy =
      flow_.Open(request.intake_id(), request.access_token(), deadline);
  if (!copy.ok()) return copy.status();
  // The same photograph may belong to two appeals, so a key counts within one.
  const absl::StatusOr<RequestKey> key =
      RequestKeyOf(*keys_.Current(), "add_exhibit:" + request.intake_id(),
                   request.request_key().idempotency_key(), request.request_key().request_digest());
  if (!key.ok()) return key.status();
  // A repeat is answered before anything is decoded, and whatever has become of the intake.
  const auto added = store_.FindAdded(*key, deadline);
  if (!added.ok()) return added.status();
  if (added->has_value()) return ResponseOf(**added, true);
  absl::Status may = MayTakeOneMore(*copy, request.checkout_ended());
  if (!may.ok()) return may;
  const absl::StatusOr<NewExhibit> exhibit = Prepare(request, *copy);
  if (!exhibit.ok()) return exhibit.status();
  if (absl::Status status = flow_.Reopen(*copy, deadline); !status.ok()) return status;

  const auto position = store_.Add(*exhibit, *key, deadline);
  if (!position.ok()) return position.status();
  if (position->has_value()) {
    return ResponseOf({.exhibit_id = exhibit->exhibit_id,
                       .position = **position,
                       .width = exhibit->width,
                       .height = exhibit->height},
                      false);
  }
  // Somebody was faster: a twin of this request, a fifth photograph, a payment.
  const auto twin = store_.FindAdded(*key, deadline);
  if (!twin.ok()) return twin.status();
  if (twin->has_value()) return ResponseOf(**twin, true);
  copy = flow_.Open(request.intake_id(), request.access_token(), deadline);
  if (!copy.ok()) return copy.status();
  may = MayTakeOneMore(*copy, request.checkout_ended());
  return may.ok() ? ChangedMeanwhile() : may;
}

absl::StatusOr<RemoveExhibitResponse> Exhibits::Remove(const RemoveExhibitRequest& request,
                                                       rpc::Deadline deadline) {
  absl::StatusOr<bool> removed = false;
  for (int round = 0; round < kChangeRounds && removed.ok() && !*removed; ++round) {
    removed = TryRemove(request, deadline);
  }
  if (!removed.ok()) return removed.status();
  if (!*removed) return ChangedMeanwhile();
  auto remaining = Summarize(request.intake_id(), deadline);
  if (!remaining.ok()) return remaining.status();
  RemoveExhibitResponse response;
  response.mutable_exhibits()->Add(remaining->begin(), remaining->end());
  return response;
}

// False when the intake changed meanwhile.
absl::StatusOr<bool> Exhibits::TryRemove(const RemoveExhibitRequest& request,
                                         rpc::Deadline deadline) {
  absl::StatusOr<WorkingCopy> copy =
      flow_.Open(request.intake_id(), request.access_token(), deadline);
  if (!copy.ok()) return copy.status();
  absl::StatusOr<std::optional<bool>> removed = std::nullopt;
  if (ids::IsUuid(request.exhibit_id()))
    removed = store_.IsRemoved(request.intake_id(), request.exhibit_id(), deadline);
  if (!removed.ok()) return removed.status();
  if (!removed->has_value()) return NotFound();
  if (**removed) return true;
  if (absl::Status status = MayChange(*copy, request.checkout_ended()); !status.ok()) return status;
  // A reopened one has another revision than this copy, and is looked at again.
  if (absl::Status status = flow_.Reopen(*copy, deadline); !status.ok()) return status;
  return store_.Remove(*copy, request.exhibit_id(), deadline);
}

absl::StatusOr<NewExhibit> Exhibits::Prepare(const AddExhibitRequest& request,
                                             const WorkingCopy& copy) const {
  if (absl::Status status = CheckFields(request); !status.ok()) return status;
  const absl::StatusOr<images::Photograph> photograph = images::PreparePhotograph(request.image());
  if (!photograph.ok()) return RefuseImage(photograph.status());
  const absl::StatusOr<crypto::DataKey> key =
      OpenIntakeKey(*copy.data_key, request.intake_id(), *keys_.Current());
  if (!key.ok()) return key.status();

  NewExhibit exhibit{.exhibit_id = ids::NewUuidV7(clock_.Now()),
                     .intake_id = request.intake_id(),
                     .sha256 = crypto::Sha256(photograph->jpeg),
                     .byte_count = static_cast<int64_t>(photograph->jpeg.size()),
                     .width = photograph->width,
                     .height = photograph->height};
  exhibit.image_sealed = key->Seal(photograph->jpeg, ImageContext(exhibit.exhibit_id));
  const std::string caption = Composed(Trim(request.caption()));
  if (!caption.empty())
    exhibit.caption_sealed = key->Seal(caption, CaptionContext(exhibit.exhibit_id));
  return exhibit;
}

absl::StatusOr<std::vector<Exhibit>> Exhibits::List(std::string_view intake_id,
                                                    const crypto::DataKey& key,
                                                    rpc::Deadline deadline) {
  const absl::StatusOr<std::vector<ExhibitRecord>> records = store_.List(intake_id, deadline);
  if (!records.ok()) return records.status();
  std::vector<Exhibit> exhibits;
  for (const ExhibitRecord& record : *records) {
    Exhibit& exhibit = exhibits.emplace_back();
    exhibit.set_exhibit_id(record.exhibit_id);
    exhibit.set_sha256(record.sha256);
    if (record.caption_sealed.empty()) continue;
    absl::StatusOr<std::string> caption =
        key.Open(record.caption_sealed, CaptionContext(record.exhibit_id));
    if (!caption.ok()) return caption.status();
    exhibit.set_caption(*std::move(caption));
  }
  return exhibits;
}

absl::StatusOr<std::vector<ExhibitSummary>> Exhibits::Summarize(std::string_view intake_id,
                                                                rpc::Deadline deadline) {
  absl::StatusOr<std::vector<ExhibitRecord>> records = store_.List(intake_id, deadline);
  if (!records.ok()) return records.status();
  std::vector<ExhibitSummary> summaries;
  for (const ExhibitRecord& record : *records) summaries.push_back(SummaryOf(record));
  return summaries;
}

absl::StatusOr<std::string> Exhibits::Read(const std::string& exhibit_id, rpc::Deadline deadline) {
  absl::StatusOr<std::optional<ExhibitImage>> image = std::nullopt;
  if (ids::IsUuid(exhibit_id)) image = store_.FindImage(exhibit_id, deadline);
  if (!image.ok()) return image.status();
  if (!image->has_value()) return NotFound();
  if (!(*image)->data_key) {
    return rpc::Error(absl::StatusCode::kDataLoss, "submission_erased",
                      "the submission was erased");
  }
  const absl::StatusOr<crypto::DataKey> key =
      OpenIntakeKey(*(*image)->data_key, (*image)->intake_id, *keys_.Current());
  // A key that is missing here is our fault, not an answer about the exhibit.
  if (!key.ok()) return absl::InternalError(key.status().message());
  return key->Open((*image)->image_sealed, ImageContext(exhibit_id));
}

}  // namespace fsft::intake
