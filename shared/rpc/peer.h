#pragma once

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>

#include <string>
#include <vector>

namespace fsft::rpc {

// The DNS names in the certificate that the peer proved to own; none without a verified
// certificate. Only DNS names: the subject, an email address or a URI that happens to read
// "payment" is not the name of a program.
inline std::vector<std::string> PeerNames(const grpc::AuthContext& peer) {
  std::vector<std::string> names;
  if (!peer.IsPeerAuthenticated()) return names;
  for (const grpc::string_ref& name : peer.FindPropertyValues(GRPC_PEER_DNS_PROPERTY_NAME)) {
    names.emplace_back(name.data(), name.size());
  }
  return names;
}

}  // namespace fsft::rpc
