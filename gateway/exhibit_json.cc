#include "gateway/exhibit_json.h"

namespace fsft::gateway {

using nlohmann::ordered_json;

ordered_json ExhibitJson(const intake::ExhibitSummary& exhibit) {
  return {{"exhibit_id", exhibit.exhibit_id()},
          {"position", exhibit.position()},
          {"width", exhibit.width()},
          {"height", exhibit.height()}};
}

ordered_json EvidenceJson(const ExhibitList& exhibits) {
  ordered_json list = ordered_json::array();
  for (const intake::ExhibitSummary& exhibit : exhibits) list.push_back(ExhibitJson(exhibit));
  return list;
}

}  // namespace fsft::gateway
