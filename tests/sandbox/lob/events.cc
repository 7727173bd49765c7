#include "tests/sandbox/lob/events.h"

#include "tests/sandbox/lob/dates.h"
#include "tests/sandbox/lob/errors.h"
#include "tests/sandbox/random_id.h"

namespace fsft::sandbox::lob {
namespace {

// How one scan is told: plainly for most letters, in detail for certified ones.
struct Scan {
  const char* event;
  const char* name;
  const char* detail;  // of certified letters; nullptr: they have no such scan
  const char* description;
};

constexpr Scan kScans[] = {
    {"mailed", "Mailed", "package_accepted", "Package has been accepted into the carrier network"},
    {"in_transit", "In Transit", "package_processing", "Package is processing"},
    {"in_local_area", "In Local Area", "package_in_local_area", "Package is near its destination"},
    {"processed_for_delivery", "Processed for Delivery", "out_for_delivery", "Out for delivery"},
    {"pickup_available", "Pickup Available", "pickup_available", "Package can be picked up"},
    {"delivered", "Delivered", "delivered", "Package has been delivered"},
    {"re-routed", "Re-Routed", "package_forwarded", "Package has been forwarded"},
    {"returned_to_sender", "Returned to Sender", "returned_to_sender", "Package goes back"},
    {"issue", "Issue", "address_issue", "Address information is incorrect"},
    {"international_exit", "International Exit", nullptr, nullptr},
};

const Scan& ScanFor(const std::string& event, bool certified) {
  for (const Scan& scan : kScans) {
    const bool certified_only = event == "pickup_available" || event == "issue";
    const bool told = certified ? scan.detail != nullptr : !certified_only;
    if (scan.event == event && told) return scan;
  }
  RefuseInvalid("a letter of this kind is never told: " + event);
}

Json Details(const Scan& scan, bool certified) {
  if (!certified) return nullptr;
  return {{"event", scan.detail},
          {"description", scan.description},
          {"notes", ""},
          {"action_required", std::string(scan.event) == "issue"}};
}

// What the mail does is told of letters that are printed only, and this stands for the type, not for
// the event: the sandbox sends such events although it prints nothing.
bool IsEnabledForTest(const std::string& type) {
  return type == "letter.created" || type == "letter.rendered_pdf" || type == "letter.deleted" ||
         type == "letter.failed";
}

}  // namespace

WebhookEvent NewEvent(const std::string& type, const Json& body, time::TimePoint now) {
  const std::string id = RandomHexId("evt_", 16);
  const Json event = {{"id", id},
                      {"object", "event"},
                      {"body", body},
                      {"reference_id", body["id"]},
                      {"event_type",
                       {{"id", type},
                        {"object", "event_type"},
                        {"resource", "letters"},
                        {"enabled_for_test", IsEnabledForTest(type)}}},
                      {"date_created", FormatMillis(now)}};
  return {id, type, event.dump()};
}

std::string AddTrackingEvent(Json& letter, const std::string& event, time::TimePoint now) {
  const Json& service = letter["extra_service"];
  if (service == "registered") RefuseInvalid("registered letters are not tracked");
  const bool certified = !service.is_null();
  const Scan& scan = ScanFor(event, certified);
  const std::string when = FormatMillis(now);
  const std::string zip = letter["to"]["address_zip"];
  letter["tracking_events"].push_back(
      {{"id", RandomHexId("evnt_", 15)},
       {"object", "tracking_event"},
       {"type", certified ? "certified" : "normal"},
       {"name", scan.name},
       {"time", when},
       {"location", event == "mailed" ? Json(nullptr) : Json(zip.substr(0, 5))},
       {"details", Details(scan, certified)},
       {"date_created", when},
       {"date_modified", when}});
  return (certified ? "letter.certified." : "letter.") + event;
}

}  // namespace fsft::sandbox::lob
