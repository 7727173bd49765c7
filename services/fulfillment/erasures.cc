#include "services/fulfillment/erasures.h"

#include <utility>

#include "fightsftickets/intake/v1/submissions.grpc.pb.h"
#include "services/fulfillment/erasures_sql.h"
#include "shared/logging/logging.h"
#include "shared/rpc/client.h"
#include "shared/rpc/deadline.h"

namespace fsft::fulfillment {

namespace {

namespace v1 = fightsftickets::intake::v1;

constexpr int kBatch = 100;
constexpr std::chrono::seconds kPatience{10};

}  // namespace

ListErasures ErasuresOf(std::shared_ptr<const rpc::Channels> intake) {
  auto client = std::make_shared<rpc::Client<v1::SubmissionsService>>(std::move(intake));
  return [client](int64_t after, db::Deadline deadline) -> absl::StatusOr<Erasures> {
    v1::ListErasuresRequest request;
    request.set_after(after);
    request.set_limit(kBatch);
    absl::StatusOr<v1::ListErasuresResponse> response =
        client->Call(&rpc::Methods<v1::SubmissionsService>::ListErasures, request, deadline);
    if (!response.ok()) return response.status();
    Erasures erasures;
    for (const v1::Erasure& erasure : response->erasures()) {
      erasures.sequence = erasure.sequence();
      erasures.intake_ids.push_back(erasure.intake_id());
    }
    return erasures;
  };
}

ErasureFollower::ErasureFollower(db::Database& database, ListErasures list)
    : database_(database), list_(std::move(list)) {}

absl::StatusOr<int> ErasureFollower::FollowBatch() {
  const db::Deadline deadline = rpc::In(kPatience);
  absl::StatusOr<std::optional<db::Row>> cursor =
      database_.RunOne(sql::kErasureCursor, {}, deadline);
  if (!cursor.ok()) return cursor.status();
  absl::StatusOr<Erasures> erasures = list_((*cursor)->Int64(0), deadline);
  if (!erasures.ok()) return erasures.status();
  if (erasures->intake_ids.empty()) return 0;
  absl::StatusOr<std::optional<db::Row>> forgotten = database_.RunOne(
      sql::kForgetLetters,
      {db::Param::Array("intakes", erasures->intake_ids), {"sequence", erasures->sequence}},
      deadline);
  if (!forgotten.ok()) return forgotten.status();
  logging::Info("letters of erased intakes are forgotten",
                {{"intakes", erasures->intake_ids.size()}, {"letters", (*forgotten)->Int64(0)}});
  return static_cast<int>(erasures->intake_ids.size());
}

}  // namespace fsft::fulfillment
