#pragma once

#include <stop_token>
#include <vector>

#include "services/intake/eraser.h"
#include "shared/retention/sweep.h"

namespace fsft::intake {

// What intake keeps for a time: appeals that nobody paid for, the people behind orders that are
// history, questions, and at last the blank rows of all these. All but `config` outlive it.
std::vector<retention::Kind> KeptForATime(const config::Config& config, db::Database& database,
                                          Eraser& eraser, const std::stop_token& stopping = {});

}  // namespace fsft::intake
