#pragma once

#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fightsftickets/intake/v1/submission.pb.h"

namespace fsft::intake {

// One authority as its row stands in the database.
struct AuthorityRow {
  std::string city_id;
  std::string section_id;
  std::string time_zone;
  bool blocked = false;
  std::vector<std::string> patterns;
  int appeal_days = 0;
  fightsftickets::intake::v1::Agency agency;
};

// One authority, ready to be asked.
struct Authority {
  std::string city_id;
  std::string section_id;
  absl::TimeZone time_zone = {};
  bool blocked = false;
  std::vector<std::regex> patterns = {};
  int appeal_days = 0;
  fightsftickets::intake::v1::Agency agency;

  bool Knows(const std::string& citation_number) const;
};

// Upper case, without spaces, dashes and dots: one citation has one form, however it was typed.
std::string NormalizeCitation(std::string_view typed);

// The authorities that take appeals: a snapshot, never changed, shared by all requests of its time.
class Registry {
 public:
  // INVALID_ARGUMENT naming the row whose pattern or time zone cannot be used.
  static absl::StatusOr<Registry> Create(const std::vector<AuthorityRow>& rows);

  bool HasCity(std::string_view city_id) const;
  // Every authority whose pattern fits, within the city and the section where they are given
  // (empty: any). Whoever asks without a city must not guess when there is more than one.
  std::vector<const Authority*> Match(const std::string& citation_number, std::string_view city_id,
                                      std::string_view section_id) const;
  // Null when there is none.
  const Authority* Find(std::string_view city_id, std::string_view section_id) const;

 private:
  std::vector<Authority> authorities_;
};

}  // namespace fsft::intake
