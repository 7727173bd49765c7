#include "services/intake/citations.h"

#include "services/intake/citation_check.h"
#include "services/intake/draft_text.h"

namespace fsft::intake {

using fightsftickets::intake::v1::GenerateDraftRequest;
using fightsftickets::intake::v1::GenerateDraftResponse;
using fightsftickets::intake::v1::ListCitiesResponse;
using fightsftickets::intake::v1::ValidateCitationRequest;
using fightsftickets::intake::v1::ValidateCitationResponse;

absl::StatusOr<ListCitiesResponse> Citations::ListCities(db::Deadline deadline) {
  auto registry = registry_.Get(deadline);
  if (!registry.ok()) return registry.status();
  return CityList(**registry);
}

absl::StatusOr<ValidateCitationResponse> Citations::Validate(const ValidateCitationRequest& request,
                                                             db::Deadline deadline) {
  auto registry = registry_.Get(deadline);
  if (!registry.ok()) return registry.status();
  return CheckCitationNumber(request, **registry, clock_.Now());
}

absl::StatusOr<GenerateDraftResponse> Citations::GenerateDraft(const GenerateDraftRequest& request,
                                                               db::Deadline deadline) {
  auto registry = registry_.Get(deadline);
  if (!registry.ok()) return registry.status();
  absl::StatusOr<std::string> letter = WriteDraft(request, **registry, clock_.Now());
  if (!letter.ok()) return letter.status();
  GenerateDraftResponse response;
  response.set_letter_text(*std::move(letter));
  return response;
}

}  // namespace fsft::intake
