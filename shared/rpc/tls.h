#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace grpc {
class ChannelCredentials;
class ServerCredentials;
}  // namespace grpc

// Mutual TLS from the three files of a directory: ca.crt (who is trusted), tls.crt and tls.key (who
// we are). Both ends read them again while they run, so that a certificate is renewed by replacing
// the files; connections made later use the new ones. Replace them together: by renaming a
// directory or a symbolic link, as Kubernetes does it. A pair that does not match is refused by the
// handshake until the other half arrives.
namespace fsft::rpc {

// kInvalidArgument with the file at fault when one is missing, unreadable, or the key is not the
// certificate's. Without this a server would start and refuse every connection with a reason that
// only the client sees.
absl::Status CheckTlsFiles(const std::string& directory);

// Insists on a client certificate from our CA. Whose it is, is ServiceGuard's business.
std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const std::string& directory,
                                                           std::chrono::seconds refresh);

// Shows our certificate; accepts a server whose certificate is from our CA and carries the
// channel's expected name.
std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials(const std::string& directory,
                                                             std::chrono::seconds refresh);

}  // namespace fsft::rpc
