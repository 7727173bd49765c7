#pragma once

#include "tests/sandbox/api/accepted_key.h"
#include "tests/sandbox/api/api.h"

namespace fsft::sandbox::lob {

class LobDialect final : public Dialect {
 public:
  void Authenticate(const Call& call) const override;
  // Of the keys of the test mode.
  AcceptedKey& accepted_key() { return accepted_key_; }
  Answer Malformed(const std::string& message) const override;
  Answer NotFound(const Call& call) const override;
  Answer Failed(int status) const override;
  Answer KeyInFlight(const std::string& key) const override;
  Answer KeyReused(const std::string& key) const override;
  size_t longest_key() const override { return 256; }
  // The key promises one letter, so it is bound to a letter only.
  bool Keeps(int status) const override { return status < 300; }
  Headers CommonHeaders(const Call& call, bool replayed) const override;

 private:
  AcceptedKey accepted_key_;
};

}  // namespace fsft::sandbox::lob
