#include "services/intake/registry/loader.h"

#include <map>

#include "services/intake/registry/loader_sql.h"

namespace fsft::intake {

namespace {

SectionEntry ReadSection(const db::Row& row) {
  SectionEntry section;
  section.section_id = row.Text(1);
  section.agency = row.Text(2);
  section.patterns = row.TextArray(3);
  section.appeal_days = static_cast<int>(row.Int64(4));
  section.address.set_name(row.Text(5));
  section.address.set_company(row.Text(6));
  section.address.set_address_line1(row.Text(7));
  section.address.set_address_line2(row.Text(8));
  section.address.set_city(row.Text(9));
  section.address.set_state(row.Text(10));
  section.address.set_zip(row.Text(11));
  section.routes_to = row.Text(12);
  section.missing_reason = row.Text(13);
  section.certified_required = row.Bool(14);
  section.power_of_attorney = row.Bool(15);
  section.blocked_sender_states = row.TextArray(16);
  section.source = row.Text(17);
  section.verified_on = row.Text(18);
  section.withdrawn = row.Bool(19);
  return section;
}

absl::StatusOr<std::vector<CityEntry>> ReadStored(db::Transaction& transaction) {
  absl::StatusOr<db::Rows> cities = transaction.Run(sql::kStoredCities, {});
  if (!cities.ok()) return cities.status();
  absl::StatusOr<db::Rows> sections = transaction.Run(sql::kStoredSections, {});
  if (!sections.ok()) return sections.status();
  std::vector<CityEntry> stored;
  std::map<std::string, size_t> places;
  for (const db::Row& row : *cities) {
    places[row.Text(0)] = stored.size();
    stored.push_back({.city_id = row.Text(0),
                      .name = row.Text(1),
                      .state = row.Text(2),
                      .time_zone = row.Text(3),
                      .blocked_reason = row.Text(4)});
  }
  for (const db::Row& row : *sections) {
    stored[places.at(row.Text(0))].sections.push_back(ReadSection(row));
  }
  return stored;
}

absl::Status PutCity(const CityEntry& city, db::Transaction& transaction) {
  return transaction
      .Run(sql::kPutCity, {{"city_id", city.city_id},
                           {"name", city.name},
                           {"state", city.state},
                           {"time_zone", city.time_zone},
                           {"blocked_reason", city.blocked_reason}})
      .status();
}

absl::Status PutSection(const LoadPlan::Section& section, db::Transaction& transaction) {
  const SectionEntry& entry = section.entry;
  return transaction
      .Run(sql::kPutSection, {{"city_id", section.city_id},
                              {"section_id", entry.section_id},
                              {"agency", entry.agency},
                              db::Param::Array("patterns", entry.patterns),
                              {"appeal_days", entry.appeal_days},
                              {"name", entry.address.name()},
                              {"company", entry.address.company()},
                              {"line1", entry.address.address_line1()},
                              {"line2", entry.address.address_line2()},
                              {"city", entry.address.city()},
                              {"state", entry.address.state()},
                              {"zip", entry.address.zip()},
                              {"routes_to", entry.routes_to},
                              {"missing_reason", entry.missing_reason},
                              {"certified", entry.certified_required},
                              {"power_of_attorney", entry.power_of_attorney},
                              db::Param::Array("blocked_states", entry.blocked_sender_states),
                              {"source", entry.source},
                              {"verified_on", entry.verified_on},
                              {"withdrawn", entry.withdrawn}})
      .status();
}

absl::Status RecordChange(int64_t load_id, const Change& change, db::Transaction& transaction) {
  return transaction
      .Run(sql::kRecordChange, {{"load_id", load_id},
                                {"city_id", change.city_id},
                                {"section_id", change.section_id},
                                {"field", change.field},
                                change.old_value ? db::Param("old_value", *change.old_value)
                                                 : db::Param("old_value", std::nullopt),
                                {"new_value", change.new_value}})
      .status();
}

absl::Status Write(const LoadPlan& plan, std::string_view file_sha256,
                   db::Transaction& transaction) {
  for (const CityEntry& city : plan.cities) {
    if (auto status = PutCity(city, transaction); !status.ok()) return status;
  }
  for (const LoadPlan::Section& section : plan.sections) {
    if (auto status = PutSection(section, transaction); !status.ok()) return status;
  }
  absl::StatusOr<std::optional<db::Row>> load =
      transaction.RunOne(sql::kRecordLoad, {db::Param::Bytes("sha256", file_sha256)});
  if (!load.ok()) return load.status();
  for (const Change& change : plan.changes) {
    if (auto status = RecordChange((*load)->Int64(0), change, transaction); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Change>> RegistryLoader::Load(const std::vector<CityEntry>& cities,
                                                         std::string_view file_sha256,
                                                         db::Deadline deadline) {
  LoadPlan plan;
  absl::Status status = database_.RunTransaction(deadline, [&](db::Transaction& transaction) {
    if (auto locked = transaction.Run(sql::kLockRegistry, {}); !locked.ok()) return locked.status();
    absl::StatusOr<std::vector<CityEntry>> stored = ReadStored(transaction);
    if (!stored.ok()) return stored.status();
    plan = PlanLoad(*stored, cities);
    return plan.changes.empty() ? absl::OkStatus() : Write(plan, file_sha256, transaction);
  });
  if (!status.ok()) return status;
  return std::move(plan.changes);
}

absl::StatusOr<std::vector<AffectedOrder>> RegistryLoader::Affected(std::string_view since,
                                                                    std::chrono::seconds staleness,
                                                                    db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows = database_.Run(
      sql::kAffected,
      {{"since", since.empty() ? "-infinity" : since}, {"staleness", staleness.count()}}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<AffectedOrder> orders;
  for (const db::Row& row : *rows) {
    orders.push_back({.intake_id = row.Text(0),
                      .payment_id = row.TextOr(1),
                      .state = row.Text(2),
                      .city_id = row.Text(3),
                      .section_id = row.Text(4),
                      .loaded_at = row.Text(5),
                      .fields = row.Text(6)});
  }
  return orders;
}

}  // namespace fsft::intake
