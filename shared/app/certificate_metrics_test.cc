#include "shared/app/certificate_metrics.h"

#include <gtest/gtest.h>

#include <ctime>
#include <fstream>

#include "shared/rpc/test_certificates.h"

namespace fsft::app {
namespace {

class CertificateMetricsTest : public testing::Test {
 protected:
  CertificateMetricsTest() { authority_.Issue(directory_.path(), "payment"); }
  std::string Path(const char* name) const { return (directory_.path() / name).string(); }
  void Write(const char* name, const std::string& text) {
    std::ofstream(directory_.path() / name) << text;
  }
  double EndOf(const char* certificate) {
    (void)registry_.Serialize();
    return registry_
        .AddGauge("tls_certificate_expiry_timestamp_seconds", "", {{"certificate", certificate}})
        .Value();
  }

  rpc::TemporaryDirectory directory_;
  const rpc::TestAuthority authority_;
  metrics::Registry registry_;
  const CertificateMetrics certificates_{registry_, directory_.path().string()};
};

TEST_F(CertificateMetricsTest, TellWhenBothEnd) {
  const auto now = static_cast<double>(std::time(nullptr));
  EXPECT_GT(EndOf("own"), now);
  EXPECT_GT(EndOf("ca"), now);
  EXPECT_EQ(EndOf("own"), *EndOfCertificate(Path("tls.crt"), /*all=*/false));
}

TEST_F(CertificateMetricsTest, FollowTheFiles) {
  const double before = EndOf("own");
  ASSERT_GT(before, 0);
  Write("tls.crt", "no certificate");
  EXPECT_EQ(EndOf("own"), 0);
  authority_.Issue(directory_.path(), "payment");
  EXPECT_GE(EndOf("own"), before);
}

TEST_F(CertificateMetricsTest, TellOfTheFirstToEndOfSeveral) {
  // Both orders, so that neither the first nor the last is what is always taken.
  const rpc::TestAuthority other;
  for (const std::string& both : {authority_.Pem() + other.Pem(), other.Pem() + authority_.Pem()}) {
    Write("ca.crt", both);
    Write("one.crt", authority_.Pem());
    Write("two.crt", other.Pem());
    EXPECT_EQ(*EndOfCertificate(Path("ca.crt"), /*all=*/true),
              std::min(*EndOfCertificate(Path("one.crt"), true),
                       *EndOfCertificate(Path("two.crt"), true)));
  }
}

TEST_F(CertificateMetricsTest, RefuseWhatIsNoCertificate) {
  EXPECT_FALSE(EndOfCertificate(Path("missing"), false).ok());
  EXPECT_FALSE(EndOfCertificate(Path("tls.key"), false).ok());
}

}  // namespace
}  // namespace fsft::app
