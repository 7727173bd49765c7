#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

#include "shared/http/client.h"
#include "shared/http/test_server.h"

namespace fsft::http {
namespace {

using absl::StatusCode;

template <auto Free>
struct Deleter {
  void operator()(auto* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;

// A certificate for one name, which is its own authority.
Certificate SelfSigned(EVP_PKEY* key, const std::string& subject_alternative_name) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key);
  X509_EXTENSION* const names =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, subject_alternative_name.c_str());
  X509_add_ext(certificate.get(), names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

class Tls : public testing::Test {
 protected:
  ~Tls() override { std::remove(ca_file_.c_str()); }

  // From now on the server shows a certificate for that name, which ca_file_ holds.
  void Present(const std::string& subject_alternative_name) {
    const Certificate certificate = SelfSigned(key_.get(), subject_alternative_name);
    ASSERT_EQ(SSL_CTX_use_certificate(context_.get(), certificate.get()), 1);
    ASSERT_EQ(SSL_CTX_use_PrivateKey(context_.get(), key_.get()), 1);
    std::FILE* const file = std::fopen(ca_file_.c_str(), "w");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(PEM_write_X509(file, certificate.get()), 1);
    std::fclose(file);
  }

  absl::StatusOr<Response> Post(const ClientOptions& options) {
    Request request;
    request.method = "POST";
    request.url = server_.Url();
    request.body = "x";
    return Client(options).Send(request);
  }

  const std::string ca_file_ = testing::TempDir() + "tls_test_" +
                               testing::UnitTest::GetInstance()->current_test_info()->name();
  const Key key_{EVP_EC_gen("P-256")};
  const Context context_{SSL_CTX_new(TLS_server_method())};
  TestServer server_{[](const std::string&) { return Answer("200 OK", "fine"); }, context_.get()};
};

TEST_F(Tls, TrustsTheAuthoritiesThatItIsGiven) {
  Present("IP:127.0.0.1");
  const auto response = Post({ca_file_});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "fine");
}

TEST_F(Tls, SendsNothingToAnUnknownAuthority) {
  Present("IP:127.0.0.1");
  EXPECT_EQ(Post({}).status().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(server_.Requests().empty());
}

TEST_F(Tls, SendsNothingToAnotherName) {
  Present("DNS:api.stripe.com");
  EXPECT_EQ(Post({ca_file_}).status().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(server_.Requests().empty());
}

TEST_F(Tls, SendsNothingOverAnOldProtocol) {
  Present("IP:127.0.0.1");
  SSL_CTX_set_security_level(context_.get(), 0);
  ASSERT_EQ(SSL_CTX_set_min_proto_version(context_.get(), TLS1_1_VERSION), 1);
  ASSERT_EQ(SSL_CTX_set_max_proto_version(context_.get(), TLS1_1_VERSION), 1);
  EXPECT_EQ(Post({ca_file_}).status().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(server_.Requests().empty());
}

}  // namespace
}  // namespace fsft::http
