#include "services/intake/admin_handler.h"

#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"
#include "shared/words/proto_time.h"

namespace fsft::intake {

namespace {

// Whoever acts is named in the audit trail; what is no UUID is no intake.
template <typename Request>
absl::Status Check(const Request& request) {
  if (request.actor().empty())
    return rpc::InvalidFields({rpc::Violation("actor", "required", "must name who acts")});
  if (!ids::IsUuid(request.intake_id()))
    return rpc::Error(absl::StatusCode::kNotFound, "intake_not_found", "there is no such intake");
  return absl::OkStatus();
}

}  // namespace

using fightsftickets::intake::v1::EraseRequest;
using fightsftickets::intake::v1::EraseResponse;
using fightsftickets::intake::v1::IntakeAdminService;
using fightsftickets::intake::v1::ListSupportRequestsRequest;
using fightsftickets::intake::v1::ListSupportRequestsResponse;
using fightsftickets::intake::v1::RevokeTokenRequest;
using fightsftickets::intake::v1::RevokeTokenResponse;
using fightsftickets::intake::v1::SearchRequest;
using fightsftickets::intake::v1::SearchResponse;

AdminHandler::AdminHandler(rpc::GuardEnvironment& guards, Finder& finder, Eraser& eraser,
                           Support& support)
    : guard_(guards, IntakeAdminService::service_full_name(), {"gateway"}),
      finder_(finder),
      eraser_(eraser),
      support_(support) {}

grpc::Status AdminHandler::Search(grpc::ServerContext* context, const SearchRequest* request,
                                  SearchResponse* response) {
  return guard_.Run(*context, "Search", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<SearchResponse> found =
                          finder_.Search(request->query(), call.deadline);
                      if (!found.ok()) return found.status();
                      *response = *std::move(found);
                      return absl::OkStatus();
                    });
}

grpc::Status AdminHandler::Erase(grpc::ServerContext* context, const EraseRequest* request,
                                 EraseResponse* response) {
  return guard_.Run(*context, "Erase", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = Check(*request); !status.ok()) return status;
                      absl::StatusOr<time::TimePoint> erased_at =
                          eraser_.Erase(request->intake_id(), request->actor(), call.deadline);
                      if (!erased_at.ok()) return erased_at.status();
                      words::ToProto(*erased_at, *response->mutable_erased_at());
                      return absl::OkStatus();
                    });
}

grpc::Status AdminHandler::RevokeToken(grpc::ServerContext* context,
                                       const RevokeTokenRequest* request, RevokeTokenResponse*) {
  return guard_.Run(*context, "RevokeToken", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = Check(*request); !status.ok()) return status;
                      return eraser_.RevokeToken(request->intake_id(), request->actor(),
                                                 call.deadline);
                    });
}

grpc::Status AdminHandler::ListSupportRequests(grpc::ServerContext* context,
                                               const ListSupportRequestsRequest* request,
                                               ListSupportRequestsResponse* response) {
  return guard_.Run(*context, "ListSupportRequests", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      absl::StatusOr<ListSupportRequestsResponse> page =
                          support_.List(*request, call.deadline);
                      if (!page.ok()) return page.status();
                      *response = *std::move(page);
                      return absl::OkStatus();
                    });
}

}  // namespace fsft::intake
