// Photographs as JSON.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <nlohmann/json.hpp>

#include "gateway/backend.h"

namespace fsft::gateway {

using ExhibitList = google::protobuf::RepeatedPtrField<intake::ExhibitSummary>;

nlohmann::ordered_json ExhibitJson(const intake::ExhibitSummary& exhibit);

// In the order of print.
nlohmann::ordered_json EvidenceJson(const ExhibitList& exhibits);

}  // namespace fsft::gateway
