#include "services/intake/retention.h"

#include "services/intake/retention_sql.h"
#include "shared/retention/last_days.h"
#include "shared/rpc/deadline.h"

namespace fsft::intake {

namespace {

constexpr std::chrono::seconds kPatience{10};

// As an operator erases them, and so with the ledger and the stored letters.
retention::Settle Erasing(Eraser& eraser, std::chrono::days keep) {
  return [&eraser, keep](const std::vector<std::string>& ids) {
    return eraser.EraseAll(ids, "retention", rpc::In(kPatience), keep);
  };
}

}  // namespace

std::vector<retention::Kind> KeptForATime(const config::Config& config, db::Database& database,
                                          Eraser& eraser, const std::stop_token& stopping) {
  const std::chrono::days unpaid = config.retention_unpaid;
  const std::chrono::days appeal = config.retention_appeal;
  const std::chrono::days rows = config.retention_payment + retention::kIntakeRows;
  return {{.name = "unpaid",
           .look = &sql::kLookUnpaid,
           .keep = unpaid,
           .settle = Erasing(eraser, unpaid)},
          {.name = "appeals",
           .look = &sql::kLookPaid,
           .keep = appeal,
           .settle = Erasing(eraser, appeal)},
          {.name = "questions",
           .look = &sql::kLookQuestions,
           .keep = appeal,
           .settle = retention::OneByOne(database, sql::kForgetQuestion, appeal, stopping)},
          {.name = "question_rows",
           .look = &sql::kLookQuestionRows,
           .keep = rows,
           .settle = retention::OneByOne(database, sql::kDeleteQuestion, rows, stopping)},
          {.name = "intake_rows",
           .look = &sql::kLookIntakes,
           .keep = rows,
           .settle = retention::OneByOne(database, sql::kDeleteIntake, rows, stopping)}};
}

}  // namespace fsft::intake
