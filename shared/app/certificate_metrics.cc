#include "shared/app/certificate_metrics.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>

namespace fsft::app {
namespace {

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using File = std::unique_ptr<BIO, Freeing<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;

Certificate ReadOne(BIO* file) {
  return Certificate(PEM_read_bio_X509(file, nullptr, nullptr, nullptr));
}

double EndOf(const Certificate& certificate) {
  std::tm time{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) != 1) return 0;
  return static_cast<double>(timegm(&time));
}

}  // namespace

absl::StatusOr<double> EndOfCertificate(const std::string& path, bool all) {
  const File file(BIO_new_file(path.c_str(), "r"));
  if (file == nullptr) return absl::NotFoundError("the certificate cannot be read");
  Certificate certificate = ReadOne(file.get());
  if (certificate == nullptr) return absl::InvalidArgumentError("there is no certificate");
  double end = EndOf(certificate);
  while (all && (certificate = ReadOne(file.get())) != nullptr) {
    end = std::min(end, EndOf(certificate));
  }
  return end;
}

CertificateMetrics::CertificateMetrics(metrics::Registry& registry, const std::string& directory)
    : own_path_(directory + "/tls.crt"),
      ca_path_(directory + "/ca.crt"),
      own_(registry.AddGauge("tls_certificate_expiry_timestamp_seconds",
                             "When a certificate ends, in seconds since 1970; 0 when unreadable.",
                             {{"certificate", "own"}})),
      ca_(registry.AddGauge("tls_certificate_expiry_timestamp_seconds",
                            "When a certificate ends, in seconds since 1970; 0 when unreadable.",
                            {{"certificate", "ca"}})) {
  registry.RefreshWith([this] { Read(); });
}

void CertificateMetrics::Read() {
  own_.Set(EndOfCertificate(own_path_, /*all=*/false).value_or(0));
  // While authorities change there are two, and the old one is to be taken away before its end.
  ca_.Set(EndOfCertificate(ca_path_, /*all=*/true).value_or(0));
}

}  // namespace fsft::app
