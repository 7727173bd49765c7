#include "gateway/addresses.h"

#include <google/protobuf/util/field_mask_util.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "gateway/handlers.h"
#include "gateway/json_reader.h"
#include "gateway/json_response.h"
#include "gateway/probe.h"

namespace fsft::gateway {
namespace {

using google::protobuf::util::FieldMaskUtil;
using nlohmann::ordered_json;

// Fulfillment gives whom it asks a second; what is beyond that is its own trouble.
constexpr std::chrono::milliseconds kPatience{1'500};

constexpr std::array<std::string_view, 5> kAddressPaths = {
    "sender.address_line1", "sender.address_line2", "sender.city", "sender.state", "sender.zip"};

bool IsComplete(const intake::Sender& sender) {
  return !sender.address_line1().empty() && !sender.city().empty() && !sender.state().empty() &&
         !sender.zip().empty();
}

// Only what the postal service says keeps an address from being taken. Where it is known that nobody
// asks it there is nothing to learn, and no call to make.
bool MayBeRefused(const Services& services) {
  const Snapshot now = services.probe.Latest();
  return !now.fulfillment_status || now.fulfillment_status->verifies_addresses();
}

absl::StatusOr<fulfillment::CheckAddressResponse> Check(const Services& services, const Call& call,
                                                        fulfillment::Address address) {
  fulfillment::CheckAddressRequest request;
  *request.mutable_address() = std::move(address);
  return services.backend.CheckAddress(request, std::min(call.deadline, rpc::In(kPatience)));
}

ordered_json VerdictJson(fulfillment::AddressVerdict verdict) {
  switch (verdict) {
    case fulfillment::ADDRESS_VERDICT_DELIVERABLE:
      return "deliverable";
    case fulfillment::ADDRESS_VERDICT_UNDELIVERABLE:
      return "undeliverable";
    default:
      return "unknown";
  }
}

ordered_json CheckJson(const fulfillment::CheckAddressResponse& check) {
  ordered_json advice = ordered_json::array();
  for (const auto& one : check.advice()) {
    advice.push_back({{"field", one.field()}, {"code", one.code()}, {"message", one.message()}});
  }
  ordered_json json = {{"verdict", VerdictJson(check.verdict())}, {"advice", std::move(advice)}};
  if (check.has_suggestion()) {
    const fulfillment::Address& address = check.suggestion();
    json["suggestion"] = {{"user_address_line1", address.line1()},
                          {"user_address_line2", address.line2()},
                          {"user_city", address.city()},
                          {"user_state", address.state()},
                          {"user_zip", address.zip()}};
  }
  return json;
}

// How many parts of the address are to be changed.
size_t PartsNamed(const google::protobuf::FieldMask& fields) {
  return std::ranges::count_if(fields.paths(), [](const std::string& path) {
    return std::ranges::find(kAddressPaths, path) != kAddressPaths.end();
  });
}

}  // namespace

Violations UndeliverableParts(const Services& services, const Call& call,
                              const intake::Sender& sender) {
  if (!IsComplete(sender) || !MayBeRefused(services)) return {};
  fulfillment::Address address;
  address.set_line1(sender.address_line1());
  address.set_line2(sender.address_line2());
  address.set_city(sender.city());
  address.set_state(sender.state());
  address.set_zip(sender.zip());
  const auto check = Check(services, call, std::move(address));
  if (!check.ok() || check->verdict() != fulfillment::ADDRESS_VERDICT_UNDELIVERABLE) return {};
  return check->advice();
}

Violations UndeliverableParts(const Services& services, const Call& call,
                              const intake::UpdateIntakeRequest& change) {
  const size_t named = PartsNamed(change.fields());
  if (named == 0 || !MayBeRefused(services)) return {};
  if (named == kAddressPaths.size()) return UndeliverableParts(services, call, change.sender());
  intake::GetIntakeRequest stored;
  stored.set_intake_id(change.intake_id());
  stored.set_access_token(change.access_token());
  const auto intake = services.backend.GetIntake(stored, call.deadline);
  // Whatever is the matter, the change itself will say.
  if (!intake.ok()) return {};
  intake::Person given;
  *given.mutable_sender() = change.sender();
  intake::Person person;
  *person.mutable_sender() = intake->sender();
  FieldMaskUtil::MergeMessageTo(given, change.fields(), FieldMaskUtil::MergeOptions(), &person);
  return UndeliverableParts(services, call, person.sender());
}

// An address is somebody's question and no order, so whoever does not answer is an error here.
absl::StatusOr<http::Response> CheckAddress(const Services& services, const Call& call) {
  absl::StatusOr<JsonReader> json = JsonReader::Parse(call.request.body);
  if (!json.ok()) return json.status();
  fulfillment::Address address;
  address.set_line1(json->String("user_address_line1"));
  address.set_line2(json->String("user_address_line2"));
  address.set_city(json->String("user_city"));
  address.set_state(json->String("user_state"));
  address.set_zip(json->String("user_zip"));
  if (absl::Status status = json->status(); !status.ok()) return status;
  const auto check = Check(services, call, std::move(address));
  if (!check.ok()) return check.status();
  return JsonResponse(CheckJson(*check));
}

}  // namespace fsft::gateway
