#pragma once

#include <string>
#include <vector>

#include "shared/db/statement.h"

namespace fsft::work {

// What an outbox does to its table, for the service whose schema it is in.
class OutboxStatements {
 public:
  // `schema`: "payment" or "fulfillment".
  explicit OutboxStatements(const std::string& schema);
  // The statements look into it.
  OutboxStatements(const OutboxStatements&) = delete;
  OutboxStatements& operator=(const OutboxStatements&) = delete;

  db::Statement claim() const { return Of(claim_); }
  db::Statement settle() const { return Of(settle_); }
  db::Statement put_off() const { return Of(put_off_); }

 private:
  struct Named {
    const std::string name;
    const std::string sql;
  };

  // All may be lost in a crash: a lost claim or a lost deletion only delivers once more.
  static db::Statement Of(const Named& named) {
    return {named.name, named.sql, db::Durability::kWithNext};
  }

  const Named claim_, settle_, put_off_;
};

}  // namespace fsft::work
