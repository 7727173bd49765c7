#include "shared/rpc/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <fstream>
#include <functional>
#include <stdexcept>

namespace fsft::rpc {
namespace {

constexpr long kValidSeconds = 3600;

std::shared_ptr<X509> NewCertificate(EVP_PKEY* key, const std::string& name) {
  std::shared_ptr<X509> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kValidSeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string ToPem(const std::function<int(BIO*)>& write) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> memory(BIO_new(BIO_s_mem()), &BIO_free_all);
  if (write(memory.get()) != 1) throw std::runtime_error("PEM cannot be written");
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string ToPem(X509* certificate) {
  return ToPem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::string ToPem(EVP_PKEY* key) {
  return ToPem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::shared_ptr<EVP_PKEY> NewKey() {
  return std::shared_ptr<EVP_PKEY>(EVP_EC_gen("P-256"), EVP_PKEY_free);
}

void WriteFile(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "fsft-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

TestAuthority::TestAuthority() : key_(NewKey()) {
  certificate_ = NewCertificate(key_.get(), "test authority");
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(certificate_.get(), key_.get(), EVP_sha256());
}

TestAuthority::~TestAuthority() = default;

std::string TestAuthority::Pem() const { return ToPem(certificate_.get()); }

void TestAuthority::Issue(const std::filesystem::path& directory, const std::string& dns_name,
                          const TestAuthority* trust, const std::string& subject) const {
  const std::shared_ptr<EVP_PKEY> key = NewKey();
  const std::shared_ptr<X509> leaf =
      NewCertificate(key.get(), subject.empty() ? dns_name : subject);
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(leaf.get(), NID_subject_alt_name, "DNS:" + dns_name);
  X509_sign(leaf.get(), key_.get(), EVP_sha256());

  std::filesystem::create_directories(directory);
  WriteFile(directory / "ca.crt", (trust != nullptr ? *trust : *this).Pem());
  WriteFile(directory / "tls.crt", ToPem(leaf.get()));
  WriteFile(directory / "tls.key", ToPem(key.get()));
}

void PointTo(const std::filesystem::path& link, const std::filesystem::path& target) {
  const std::filesystem::path fresh = link.string() + ".new";
  std::filesystem::create_directory_symlink(target, fresh);
  std::filesystem::rename(fresh, link);
}

}  // namespace fsft::rpc
