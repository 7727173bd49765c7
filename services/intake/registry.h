#pragma once

#include <regex>
#include <string>
#include <string_view>
#include <utility>
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
  std::string city_name = {};
  // Of the city, two upper-case letters.
  std::string state = {};
  // The name that people know; empty: the agency's.
  std::string short_name = {};
  bool verified = false;
  bool withdrawn = false;
  bool has_address = true;
  bool certified_required = false;
  bool power_of_attorney = false;
  std::vector<std::string> blocked_sender_states = {};
};

// One authority, ready to be asked.
struct Authority {
  AuthorityRow row;
  absl::TimeZone time_zone = {};
  std::vector<std::regex> patterns = {};
  // Whether a letter to it can be ordered.
  bool served = false;

  bool Knows(const std::string& citation_number) const;
  // Whether somebody who lives in this state may not be served before it.
  bool RefusesSendersOf(std::string_view state) const;
  std::string_view ShortName() const;
};

// Which authorities may be ordered from although nobody has verified their facts: city ids, or
// "all" for every city.
class ServedUnverified {
 public:
  explicit ServedUnverified(std::vector<std::string> cities) : cities_(std::move(cities)) {}
  static ServedUnverified All() { return ServedUnverified({"all"}); }

  bool Has(std::string_view city_id) const;

 private:
  std::vector<std::string> cities_;
};

// A pattern as the registry's file and its rows have it: ECMAScript, on the normalised number.
// INVALID_ARGUMENT when it is none.
absl::StatusOr<std::regex> CompilePattern(const std::string& pattern);

// Upper case, without spaces, dashes and dots: one citation has one form, however it was typed.
std::string NormalizeCitation(std::string_view typed);

// The authorities that take appeals: a snapshot, never changed, shared by all requests of its time.
class Registry {
 public:
  // INVALID_ARGUMENT naming the row whose pattern or time zone cannot be used.
  static absl::StatusOr<Registry> Create(const std::vector<AuthorityRow>& rows,
                                         const ServedUnverified& unverified);

  bool HasCity(std::string_view city_id) const;
  // Whether letters to any authority of the city can be ordered.
  bool ServesCity(std::string_view city_id) const;
  // Every authority whose pattern fits, within the city and the section where they are given
  // (empty: any). Whoever asks without a city must not guess when there is more than one.
  std::vector<const Authority*> Match(const std::string& citation_number, std::string_view city_id,
                                      std::string_view section_id) const;
  // Null when there is none.
  const Authority* Find(std::string_view city_id, std::string_view section_id) const;
  // In the order of their ids: the sections of a city stand together.
  const std::vector<Authority>& authorities() const { return authorities_; }

 private:
  std::vector<Authority> authorities_;
};

}  // namespace fsft::intake
