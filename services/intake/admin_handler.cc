#include "services/intake/admin_handler.h"

namespace fsft::intake {

using fightsftickets::intake::v1::IntakeAdminService;
using fightsftickets::intake::v1::SearchRequest;
using fightsftickets::intake::v1::SearchResponse;

AdminHandler::AdminHandler(rpc::GuardEnvironment& guards, Finder& finder)
    : guard_(guards, IntakeAdminService::service_full_name(), {"gateway"}), finder_(finder) {}

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

}  // namespace fsft::intake
