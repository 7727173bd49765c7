#include "shared/db/gauges.h"

#include <chrono>

#include "absl/strings/str_cat.h"

namespace fsft::db {
namespace {

constexpr std::chrono::seconds kPatience{10};

}  // namespace

Gauges::Gauges(Database& database, metrics::Registry& registry, const Statement& statement,
               const std::vector<Spec>& specs)
    : database_(database), statement_(statement) {
  for (const Spec& spec : specs) {
    metrics::Gauge& gauge = registry.AddGauge(spec.name, spec.help, spec.labels);
    gauge.Set(spec.nothing);
    gauges_.emplace(spec.row, Measured{.gauge = &gauge, .nothing = spec.nothing});
  }
}

absl::StatusOr<int> Gauges::Measure(Params params) {
  absl::StatusOr<Rows> rows =
      database_.Run(statement_, params, std::chrono::steady_clock::now() + kPatience);
  if (!rows.ok()) return rows.status();
  if (rows->size() != gauges_.size())
    return absl::InternalError(absl::StrCat("measured ", rows->size(), " gauges"));
  for (const Row& row : *rows) {
    const auto found = gauges_.find(row.Text(0));
    if (found == gauges_.end())
      return absl::InternalError(absl::StrCat("nobody knows the gauge ", row.Text(0)));
    const Measured& measured = found->second;
    measured.gauge->Set(row.IsNull(1) ? measured.nothing : static_cast<double>(row.Int64(1)));
  }
  return 0;
}

}  // namespace fsft::db
