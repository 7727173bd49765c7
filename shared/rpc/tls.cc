#include "shared/rpc/tls.h"

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstring>

namespace fsft::rpc {
namespace {

using grpc::experimental::FileWatcherCertificateProvider;
using grpc::experimental::TlsChannelCredentialsOptions;
using grpc::experimental::TlsServerCredentialsOptions;

struct Files {
  explicit Files(const std::string& directory)
      : ca(directory + "/ca.crt"),
        certificate(directory + "/tls.crt"),
        key(directory + "/tls.key") {}

  const std::string ca;
  const std::string certificate;
  const std::string key;
};

std::shared_ptr<FileWatcherCertificateProvider> Watch(const std::string& directory,
                                                      std::chrono::seconds refresh) {
  const Files files(directory);
  return std::make_shared<FileWatcherCertificateProvider>(files.key, files.certificate, files.ca,
                                                          static_cast<unsigned>(refresh.count()));
}

// The first error is the cause; what OpenSSL adds to it on its way up says less ("system lib").
absl::Status Unusable(const std::string& file) {
  const unsigned long error = ERR_peek_error();
  const char* const reason = ERR_SYSTEM_ERROR(error) ? std::strerror(ERR_GET_REASON(error))
                                                     : ERR_reason_error_string(error);
  ERR_clear_error();
  return absl::InvalidArgumentError(
      "TLS file " + file + " cannot be used: " + (reason != nullptr ? reason : "unknown reason"));
}

}  // namespace

absl::Status CheckTlsFiles(const std::string& directory) {
  const Files files(directory);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_method()),
                                                                  &SSL_CTX_free);
  ERR_clear_error();
  if (SSL_CTX_load_verify_file(context.get(), files.ca.c_str()) != 1) return Unusable(files.ca);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return Unusable(files.certificate);
  }
  // Also compares the key with the certificate loaded above.
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return Unusable(files.key);
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const std::string& directory,
                                                           std::chrono::seconds refresh) {
  TlsServerCredentialsOptions options(Watch(directory, refresh));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  // There is no host name to check in a client's certificate; the default of this option does none
  // on this side.
  return grpc::experimental::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials(const std::string& directory,
                                                             std::chrono::seconds refresh) {
  TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(directory, refresh));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace fsft::rpc
