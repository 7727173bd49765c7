#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "shared/metrics/metrics.h"

namespace fsft::app {

// When the first certificate of a PEM file ends, in seconds since 1970; of several (`all`), the one
// that ends first. An error for what is no certificate.
absl::StatusOr<double> EndOfCertificate(const std::string& path, bool all);

// tls_certificate_expiry_timestamp_seconds{certificate="own"|"ca"}: when the files of FSFT_TLS_DIR
// end, as they are when the metrics are read, because they are replaced while we run. 0, which is
// long ago, for one that cannot be read.
class CertificateMetrics {
 public:
  // `registry` outlives it, and nobody reads the metrics after its end.
  CertificateMetrics(metrics::Registry& registry, const std::string& directory);
  CertificateMetrics(const CertificateMetrics&) = delete;
  CertificateMetrics& operator=(const CertificateMetrics&) = delete;

 private:
  void Read();

  const std::string own_path_, ca_path_;
  metrics::Gauge& own_;
  metrics::Gauge& ca_;
};

}  // namespace fsft::app
