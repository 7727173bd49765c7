#include "shared/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include "shared/config/fields.h"

namespace fsft::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string ErrorOf(const Environment& environment) {
  const absl::Status status = Load(environment).status();
  EXPECT_TRUE(status.ok() || status.code() == absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

// A file that holds `text` until the end of the test.
class SecretFile {
 public:
  explicit SecretFile(const std::string& text)
      : path_(testing::TempDir() + "config_test_" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~SecretFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

TEST(Load, GivesUsableDefaults) {
  const auto config = Load({"PATH=/bin", "HOME=/root"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->db_pool_size, 16);
  EXPECT_EQ(config->price_standard_cents, 989);
  EXPECT_EQ(config->price_certified_cents, 1989);
  EXPECT_TRUE(config->workers);
  EXPECT_FALSE(config->grpc_reflection);
  EXPECT_EQ(config->retention, Retention::kOn);
  EXPECT_EQ(config->retention_payment, std::chrono::days(2555));
  EXPECT_EQ(config->stripe_api_base, "https://api.stripe.com");
  EXPECT_EQ(config->log_level, logging::Level::kInfo);
  EXPECT_TRUE(config->database_url.empty());
}

TEST(Load, RemembersWhichSecretsCameFromWhichFile) {
  const SecretFile file("sk_test_1\n");
  const auto config =
      Load({"FSFT_STRIPE_SECRET_KEY_FILE=" + file.path(), "FSFT_LOB_API_KEY=test_1"});
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->secret_files.size(), 1u);
  EXPECT_EQ(config->secret_files.at("FSFT_STRIPE_SECRET_KEY"), file.path());
}

TEST(Load, ReadsEveryKindOfValue) {
  const auto config = Load({
      "FSFT_DATABASE_URL=postgresql://intake_rw:pw@db/fsft?a=b",
      "FSFT_DB_POOL_SIZE=64",
      "FSFT_GRPC_ADDRESS=0.0.0.0:50051",
      "FSFT_INTAKE_TARGET=dns:///intake:50051",
      "FSFT_WORKERS=off",
      "FSFT_GRPC_REFLECTION=on",
      "FSFT_LOG_LEVEL=warning",
      "FSFT_MAIL_LEASE_SECONDS=90",
      "FSFT_MAIL_UNSURE_HOURS=3",
      "FSFT_RETENTION=dry-run",
      "FSFT_RETENTION_UNPAID_DAYS=30",
      "FSFT_PRICE_CERTIFIED_CENTS=2500",
      "FSFT_STRIPE_WEBHOOK_SECRETS=whsec_new, whsec_old",
      "FSFT_TRUSTED_PROXIES=10.0.0.0/8,::1",
      "FSFT_CLIENT_CONNECTIONS=20",
      "FSFT_RATE_LIMITS=/api/cities=60,/status=off",
  });
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->database_url.Reveal(), "postgresql://intake_rw:pw@db/fsft?a=b");
  EXPECT_EQ(config->db_pool_size, 64);
  EXPECT_EQ(config->grpc_address, "0.0.0.0:50051");
  EXPECT_EQ(config->intake_target, "dns:///intake:50051");
  EXPECT_FALSE(config->workers);
  EXPECT_TRUE(config->grpc_reflection);
  EXPECT_EQ(config->log_level, logging::Level::kWarning);
  EXPECT_EQ(config->mail_lease, std::chrono::seconds(90));
  EXPECT_EQ(config->mail_unsure, std::chrono::hours(3));
  EXPECT_EQ(config->retention, Retention::kDryRun);
  EXPECT_EQ(config->retention_unpaid, std::chrono::days(30));
  EXPECT_EQ(config->price_certified_cents, 2500);
  EXPECT_THAT(config->stripe_webhook_secrets,
              ElementsAre(Secret("whsec_new"), Secret("whsec_old")));
  EXPECT_EQ(config->client_connections, 20);
  EXPECT_THAT(config->trusted_proxies, ElementsAre("10.0.0.0/8", "::1"));
  EXPECT_EQ(config->rate_limits, "/api/cities=60,/status=off");
}

TEST(Load, TakesAnEmptyValueAsNotSet) {
  const auto config = Load({"FSFT_DB_POOL_SIZE=", "FSFT_LOB_API_KEY=", "FSFT_WORKERS="});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->db_pool_size, 16);
  EXPECT_TRUE(config->workers);
}

TEST(Load, DropsTheSlashThatWouldDouble) {
  const auto config = Load(
      {"FSFT_PUBLIC_URL=https://example.com/", "FSFT_LOB_API_BASE=http://127.0.0.1:8090/lob/v1//"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->public_url, "https://example.com");
  EXPECT_EQ(config->lob_api_base, "http://127.0.0.1:8090/lob/v1");
}

TEST(Load, RefusesUnknownNames) {
  for (const char* name : {"FSFT_DATABASE_ULR", "FSFT_ENVIRONMENT", "FSFT_", "FSFT_workers",
                           "FSFT_DB_POOL_SIZE_FILE", "FSFT_DATA_KEYS_FILE_FILE"}) {
    EXPECT_THAT(ErrorOf({std::string(name) + "=x"}), HasSubstr(std::string(name) + ": is not"));
  }
  EXPECT_THAT(ErrorOf({"FSFT_WORKER="}), HasSubstr("FSFT_WORKER: is not"));
}

TEST(Load, ReportsEveryProblemAtOnceByName) {
  const std::string error =
      ErrorOf({"FSFT_DB_POOL_SIZE=0", "FSFT_WORKERS=yes", "FSFT_TYPO=1", "FSFT_LOG_LEVEL=INFO",
               "FSFT_OPS_ADDRESS=9051", "FSFT_RETENTION=dry"});
  for (const char* line : {
           "FSFT_DB_POOL_SIZE: must be a whole number from 1 to 64, not \"0\"",
           "FSFT_WORKERS: must be on or off, not \"yes\"",
           "FSFT_TYPO: is not a name",
           "FSFT_LOG_LEVEL: must be debug, info, warning or error, not \"INFO\"",
           "FSFT_OPS_ADDRESS: must be host:port, not \"9051\"",
           "FSFT_RETENTION: must be off, dry-run or on, not \"dry\"",
       }) {
    EXPECT_THAT(error, HasSubstr(line));
  }
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 5);
}

TEST(Load, RefusesValuesOutsideTheirRange) {
  for (const char* line : {"FSFT_DB_POOL_SIZE=65", "FSFT_DB_POOL_SIZE=-1", "FSFT_DB_POOL_SIZE=1.5",
                           "FSFT_DB_POOL_SIZE=99999999999999999999", "FSFT_WORK_POLL_SECONDS=0",
                           "FSFT_MAIL_UNSURE_HOURS=24", "FSFT_LOB_REQUESTS_PER_SECOND=0",
                           "FSFT_PRICE_STANDARD_CENTS=49", "FSFT_PRICE_STANDARD_CENTS=9.89",
                           "FSFT_RETENTION_UNPAID_DAYS=2", "FSFT_RETENTION_APPEAL_DAYS=0",
                           "FSFT_RETENTION_PAYMENT_DAYS=539"}) {
    EXPECT_THAT(ErrorOf({line}), HasSubstr("must be a whole number from")) << line;
  }
}

TEST(Load, TakesAMailServerAloneOrWithASender) {
  EXPECT_THAT(ErrorOf({"FSFT_SMTP_URL=smtp://localhost", "FSFT_EMAIL_FROM=nobody"}),
              HasSubstr("FSFT_EMAIL_FROM: must be an email address"));
  const auto config =
      Load({"FSFT_SMTP_URL=smtps://u:p@mail.example.com", "FSFT_EMAIL_FROM=Us <us@example.com>"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->email_from, "Us <us@example.com>");
  EXPECT_EQ(ErrorOf({"FSFT_SMTP_URL=smtp://localhost"}), "");
}

TEST(Load, WritesFromTheSitesHostWhereNoSenderIsSet) {
  const struct {
    const char *public_url, *domain;
  } cases[] = {{"https://fight.example.com", "fight.example.com"},
               {"https://fight.example.com:8443/appeals/", "fight.example.com"},
               {"http://localhost:8000", "localhost"},
               {"http://site", "site"},
               {"http://127.0.0.1:8000", "localhost"},
               {"http://[::1]:8000", "localhost"},
               {"", "localhost"}};
  for (const auto& c : cases) {
    const auto config = Load({std::string("FSFT_PUBLIC_URL=") + c.public_url});
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->email_from, std::string("FightSFTickets <no-reply@") + c.domain + ">")
        << c.public_url;
  }
}

TEST(Load, KeepsAPaymentForAsLongAsItsAppeal) {
  EXPECT_THAT(ErrorOf({"FSFT_RETENTION_APPEAL_DAYS=3000"}),
              HasSubstr("FSFT_RETENTION_PAYMENT_DAYS: must not be less than"));
  EXPECT_EQ(ErrorOf({"FSFT_RETENTION_APPEAL_DAYS=3000", "FSFT_RETENTION_PAYMENT_DAYS=3000"}), "");
}

TEST(Load, RefusesHolesInLists) {
  for (const char* list : {",", "a,", ",a", "a,,b", " "}) {
    EXPECT_NE(ErrorOf({std::string("FSFT_LOB_WEBHOOK_SECRETS=") + list}), "") << list;
  }
  EXPECT_THAT(ErrorOf({"FSFT_CORS_ORIGINS=https://a.example,b.example"}),
              HasSubstr("FSFT_CORS_ORIGINS: must be"));
}

TEST(Load, RefusesAVariableThatIsSetTwice) {
  EXPECT_THAT(ErrorOf({"FSFT_WORKERS=on", "FSFT_WORKERS=off"}), HasSubstr("set twice"));
}

TEST(Load, ReadsSecretsFromFiles) {
  for (const char* end : {"", "\n", "\r\n"}) {
    const SecretFile file(std::string("sk_test_1") + end);
    const auto config = Load({"FSFT_STRIPE_SECRET_KEY_FILE=" + file.path()});
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->stripe_secret_key.Reveal(), "sk_test_1");
  }
  const SecretFile list("whsec_new,whsec_old\n");
  EXPECT_EQ(
      Load({"FSFT_STRIPE_WEBHOOK_SECRETS_FILE=" + list.path()})->stripe_webhook_secrets.size(), 2u);
}

TEST(Load, RefusesASecretGivenInTwoWays) {
  const SecretFile file("sk_test_1");
  EXPECT_THAT(
      ErrorOf({"FSFT_STRIPE_SECRET_KEY=sk_test_2", "FSFT_STRIPE_SECRET_KEY_FILE=" + file.path()}),
      HasSubstr("FSFT_STRIPE_SECRET_KEY: is set, and FSFT_STRIPE_SECRET_KEY_FILE too"));
  EXPECT_EQ(ErrorOf({"FSFT_STRIPE_SECRET_KEY=", "FSFT_STRIPE_SECRET_KEY_FILE=" + file.path()}), "");
}

TEST(Load, NamesASecretFileThatItCannotUse) {
  EXPECT_THAT(ErrorOf({"FSFT_LOB_API_KEY_FILE=/nowhere/key"}),
              testing::AllOf(HasSubstr("FSFT_LOB_API_KEY_FILE: "), HasSubstr("/nowhere/key")));
  const SecretFile empty("\n");
  EXPECT_THAT(ErrorOf({"FSFT_LOB_API_KEY_FILE=" + empty.path()}), HasSubstr("is empty"));
}

TEST(Load, NeverShowsASecret) {
  const SecretFile file("hunter2 hunter2");
  const std::string error = ErrorOf({
      "FSFT_DATABASE_URL=hunter2",
      "FSFT_SMTP_URL=hunter2",
      "FSFT_STRIPE_SECRET_KEY=hunter2 hunter2",
      "FSFT_STRIPE_WEBHOOK_SECRETS=hunter2,",
      "FSFT_LOB_API_KEY_FILE=" + file.path(),
  });
  EXPECT_THAT(error, Not(HasSubstr("hunter2")));
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 4) << error;
}

TEST(Load, RefusesLiveMoneyWithTestLetters) {
  const struct {
    const char *stripe, *lob;
    bool fine;
  } cases[] = {
      {"sk_test_1", "test_1", true},  {"sk_live_1", "live_1", true},  {"rk_live_1", "live_1", true},
      {"sk_live_1", "test_1", false}, {"sk_test_1", "live_1", false}, {"sk_live_1", "", true},
      {"", "live_1", true},           {"rk_test_1", "live_1", false},
  };
  for (const auto& c : cases) {
    const std::string error = ErrorOf({std::string("FSFT_STRIPE_SECRET_KEY=") + c.stripe,
                                       std::string("FSFT_LOB_API_KEY=") + c.lob});
    EXPECT_EQ(error.empty(), c.fine) << c.stripe << ' ' << c.lob << ' ' << error;
  }
}

TEST(Livemode, IsInThePrefixOfTheKey) {
  Config config;
  EXPECT_FALSE(config.StripeLivemode());
  EXPECT_FALSE(config.LobLivemode());
  config.stripe_secret_key = Secret("rk_live_1");
  config.lob_api_key = Secret("live_1");
  EXPECT_TRUE(config.StripeLivemode());
  EXPECT_TRUE(config.LobLivemode());
}

TEST(Require, NamesWhatIsMissing) {
  const auto config = Load({"FSFT_TLS_DIR=/tls"}).value();
  EXPECT_TRUE(Require(config, {"FSFT_TLS_DIR", "FSFT_DB_POOL_SIZE", "FSFT_WORKERS"}).ok());
  const absl::Status status =
      Require(config, {"FSFT_TLS_DIR", "FSFT_DATABASE_URL", "FSFT_LOB_WEBHOOK_SECRETS"});
  EXPECT_EQ(std::string(status.message()),
            "FSFT_DATABASE_URL: is required and not set\n"
            "FSFT_LOB_WEBHOOK_SECRETS: is required and not set");
  EXPECT_FALSE(Require(config, {"FSFT_NO_SUCH"}).ok());
}

TEST(Secret, DoesNotPrintItself) {
  std::ostringstream out;
  out << Secret("hunter2") << Secret();
  EXPECT_EQ(out.str(), "(secret)(empty)");
  EXPECT_THAT(testing::PrintToString(Secret("hunter2")), Not(HasSubstr("hunter2")));
  EXPECT_THAT(testing::PrintToString(std::vector<Secret>{Secret("hunter2")}),
              Not(HasSubstr("hunter2")));
}

TEST(Help, ListsEveryNameOnceWithItsDefault) {
  const std::string help = Help();
  std::set<std::string_view> names;
  for (const Group& group : Groups()) {
    for (const Field& field : group.fields) {
      EXPECT_TRUE(names.insert(field.name).second) << field.name;
      EXPECT_THAT(help, HasSubstr("\n  " + std::string(field.name) + " "));
      EXPECT_FALSE(field.help.empty()) << field.name;
    }
  }
  EXPECT_EQ(names.size(), 43u);
  EXPECT_THAT(help, HasSubstr("connections per process [16]\n"));
  EXPECT_THAT(help, HasSubstr("[http://127.0.0.1:8000]\n"));
  EXPECT_THAT(help, HasSubstr("PostgreSQL, as the service's own role (secret)\n"));
}

// What --help shows as a default must be accepted when somebody writes it down.
TEST(Help, ShowsDefaultsThatLoadTakes) {
  const Config defaults;
  for (const Group& group : Groups()) {
    for (const Field& field : group.fields) {
      const std::string shown = field.Show(defaults);
      EXPECT_EQ(ErrorOf({std::string(field.name) + "=" + shown}), "");
    }
  }
}

TEST(ProcessEnvironment, HoldsTheVariablesOfThisProcess) {
  const char* const path = std::getenv("PATH");
  ASSERT_NE(path, nullptr);
  EXPECT_THAT(ProcessEnvironment(), testing::Contains(std::string("PATH=") + path));
}

}  // namespace
}  // namespace fsft::config
