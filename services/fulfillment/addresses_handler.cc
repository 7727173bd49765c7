#include "services/fulfillment/addresses_handler.h"

#include <string>

#include "shared/rpc/status.h"

namespace fsft::fulfillment {
namespace {

namespace v1 = fightsftickets::fulfillment::v1;

Address Read(const v1::Address& address) {
  return {.line1 = address.line1(),
          .line2 = address.line2(),
          .city = address.city(),
          .state = address.state(),
          .zip = address.zip()};
}

void Write(const Address& address, v1::Address& message) {
  message.set_line1(address.line1);
  message.set_line2(address.line2);
  message.set_city(address.city);
  message.set_state(address.state);
  message.set_zip(address.zip);
}

v1::AddressVerdict VerdictOf(AddressVerdict verdict) {
  switch (verdict) {
    case AddressVerdict::kDeliverable:
      return v1::ADDRESS_VERDICT_DELIVERABLE;
    case AddressVerdict::kUndeliverable:
      return v1::ADDRESS_VERDICT_UNDELIVERABLE;
    default:
      return v1::ADDRESS_VERDICT_UNKNOWN;
  }
}

// As the REST contract calls it.
std::string ContractName(std::string_view field) {
  const bool is_line = field == "line1" || field == "line2";
  return (is_line ? "user_address_" : "user_") + std::string(field);
}

}  // namespace

AddressesHandler::AddressesHandler(rpc::GuardEnvironment& guards, AddressChecker& checker)
    : guard_(guards, v1::AddressesService::service_full_name(), {"gateway"}), checker_(checker) {}

// Under the gate of what waits for others: nothing here needs the database.
grpc::Status AddressesHandler::CheckAddress(grpc::ServerContext* context,
                                            const v1::CheckAddressRequest* request,
                                            v1::CheckAddressResponse* response) {
  return guard_.Run(*context, "CheckAddress", rpc::WorkClass::kStripe,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      const AddressFinding finding =
                          checker_.Check(Read(request->address()), call.deadline);
                      response->set_verdict(VerdictOf(finding.verdict));
                      for (const Advice& advice : finding.advice) {
                        *response->add_advice() =
                            rpc::Violation(ContractName(advice.field), advice.code, advice.message);
                      }
                      if (finding.suggestion)
                        Write(*finding.suggestion, *response->mutable_suggestion());
                      return absl::OkStatus();
                    });
}

}  // namespace fsft::fulfillment
