#include "services/intake/registry/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/intake/registry/file.h"
#include "services/intake/registry_cache.h"
#include "services/intake/test_intakes.h"
#include "shared/crypto/digest.h"
#include "shared/files/read.h"

namespace fsft::intake {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr char kSanFrancisco[] = "us-ca-san_francisco";
constexpr char kPayment[] = "0193a000-0000-7000-8000-000000000001";

// The tests' database has the reviewed file already.
class RegistryLoaderTest : public IntakesTest {
 protected:
  RegistryLoaderTest()
      : owner_(*db::Database::Create({.url = test_database_.Url("fsft_owner"), .pool_size = 2},
                                     registry_)),
        loader_(*owner_) {
    Problems problems;
    cities_ = ReadRegistryFile(*files::Read(FSFT_CITIES), problems);
  }

  CityEntry& City(const std::string& id) {
    for (CityEntry& city : cities_) {
      if (city.city_id == id) return city;
    }
    throw std::logic_error("no city " + id);
  }
  SectionEntry& Sfmta() { return City(kSanFrancisco).sections.at(0); }

  absl::StatusOr<std::vector<Change>> Load() {
    return loader_.Load(cities_, crypto::Sha256("file"), Soon());
  }
  std::vector<std::string> Affected(const std::string& since = "") {
    std::vector<std::string> found;
    const auto orders = loader_.Affected(since, std::chrono::seconds(0), Soon());
    for (const AffectedOrder& order : *orders) {
      found.push_back(order.intake_id + " " + order.payment_id + " " + order.state + " " +
                      order.fields);
    }
    return found;
  }
  std::string SubmitOne(const std::string& key) {
    return store_.Submit(Appeal(key), Key(key), Soon())->intake_id;
  }

  std::unique_ptr<db::Database> owner_;
  RegistryLoader loader_;
  std::vector<CityEntry> cities_;
};

TEST_F(RegistryLoaderTest, ChangesNothingTheSecondTimeAndKeepsNoRecordOfIt) {
  const std::string loads = Owner("SELECT count(*) FROM intake.registry_loads");
  auto changes = Load();
  ASSERT_TRUE(changes.ok()) << changes.status();
  EXPECT_THAT(*changes, IsEmpty());
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.registry_loads"), loads);
}

TEST_F(RegistryLoaderTest, StoresEveryCityAsTheServiceReadsIt) {
  auto rows = store_.LoadRegistry(Soon());
  ASSERT_TRUE(rows.ok()) << rows.status();
  size_t sections = 0;
  for (const CityEntry& city : cities_) sections += city.sections.size();
  EXPECT_THAT(*rows, SizeIs(sections));
  auto registry = Registry::Create(*rows, ServedUnverified({kSanFrancisco}));
  ASSERT_TRUE(registry.ok()) << registry.status();
  EXPECT_TRUE(registry->ServesCity(kSanFrancisco));
  EXPECT_FALSE(registry->ServesCity("us-ca-oakland"));
  EXPECT_FALSE(registry->ServesCity("us-il-chicago"));
  const Authority* police = registry->Find("us-ma-boston", "police");
  ASSERT_NE(police, nullptr);
  EXPECT_EQ(police->row.agency.address_line1(), "PO Box 55800");
  EXPECT_FALSE(registry->Find("us-ut-salt_lake_city", "parking")->row.has_address);
  EXPECT_TRUE(registry->Find("us-ca-los_angeles", "lapd")->row.certified_required);
}

TEST_F(RegistryLoaderTest, RecordsWhichAddressChangedWhen) {
  Sfmta().address.set_address_line2("8th Floor");
  ASSERT_THAT(*Load(), SizeIs(1));
  EXPECT_EQ(Owner("SELECT section_id || ' ' || field || ' ' || old_value || ' -> ' || new_value "
                  "FROM intake.registry_changes WHERE old_value IS NOT NULL "
                  "ORDER BY load_id DESC LIMIT 1"),
            "sfmta address SFMTA Citation Review, 11 South Van Ness Avenue, 7th Floor, "
            "San Francisco CA 94103 -> SFMTA Citation Review, 11 South Van Ness Avenue, 8th Floor, "
            "San Francisco CA 94103");
  EXPECT_THAT(*Load(), IsEmpty());
}

TEST_F(RegistryLoaderTest, IsSeenByARunningServiceAtItsNextLook) {
  RegistryCache cache(store_, ServedUnverified::All());
  ASSERT_TRUE(cache.Refresh(Soon()).ok());
  const auto before = *cache.Get(Soon());
  Sfmta().address.set_address_line2("8th Floor");
  City("us-ca-oakland").blocked_reason = "blocked_in_source";
  ASSERT_TRUE(Load().ok());
  ASSERT_TRUE(cache.Refresh(Soon()).ok());
  const auto after = *cache.Get(Soon());
  EXPECT_EQ(after->Find(kSanFrancisco, "sfmta")->row.agency.address_line2(), "8th Floor");
  EXPECT_FALSE(after->ServesCity("us-ca-oakland"));
  // A request that began before goes on with what it began with.
  EXPECT_EQ(before->Find(kSanFrancisco, "sfmta")->row.agency.address_line2(), "7th Floor");
}

TEST_F(RegistryLoaderTest, BlocksACityThatLeftTheFileAndGivesItBackWhenItReturns) {
  const CityEntry oakland = City("us-ca-oakland");
  std::erase_if(cities_, [](const CityEntry& city) { return city.city_id == "us-ca-oakland"; });
  ASSERT_TRUE(Load().ok());
  EXPECT_EQ(Owner("SELECT blocked || ' ' || blocked_reason FROM intake.cities WHERE city_id = "
                  "'us-ca-oakland'"),
            "true left_registry");
  EXPECT_EQ(
      Owner("SELECT withdrawn || ' ' || patterns::text FROM intake.authorities WHERE city_id = "
            "'us-ca-oakland'"),
      "true {}");
  EXPECT_THAT(*Load(), IsEmpty());
  cities_.push_back(oakland);
  EXPECT_THAT(*Load(), SizeIs(3));
  EXPECT_EQ(Owner("SELECT blocked FROM intake.cities WHERE city_id = 'us-ca-oakland'"), "f");
}

TEST_F(RegistryLoaderTest, OpensACityThatWasBlockedByHandBecauseTheFileSaysSo) {
  Owner("UPDATE intake.cities SET blocked = true WHERE city_id = 'us-ca-oakland'");
  EXPECT_THAT(*Load(), SizeIs(1));
  EXPECT_EQ(Owner("SELECT blocked FROM intake.cities WHERE city_id = 'us-ca-oakland'"), "f");
}

TEST_F(RegistryLoaderTest, LoadsAllOrNothing) {
  City("us-ca-oakland").name = "Another name";
  Sfmta().address.set_name(std::string(41, 'x'));  // what the file's rules would have caught
  EXPECT_EQ(Load().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Owner("SELECT name FROM intake.cities WHERE city_id = 'us-ca-oakland'"), "Oakland");
}

TEST_F(RegistryLoaderTest, ListsTheWaitingOrdersThatAChangeAffects) {
  const std::string paid = SubmitOne("paid");
  ASSERT_TRUE(Put(paid, kPayment, 2, "paid").ok());
  const std::string fulfilled = SubmitOne("fulfilled");
  Owner(
      "UPDATE intake.intakes SET state = 'fulfilled', paid_at = now(), fulfilled_at = now() "
      "WHERE intake_id = '" +
      fulfilled + "'");
  const std::string elsewhere = SubmitOne("elsewhere");
  Owner(
      "UPDATE intake.intakes SET city_id = 'us-ca-oakland', section_id = 'parking' "
      "WHERE intake_id = '" +
      elsewhere + "'");
  EXPECT_THAT(Affected(), IsEmpty());

  Sfmta().appeal_days = 28;
  Sfmta().source = "a call";
  ASSERT_THAT(*Load(), SizeIs(2));
  const std::string later = SubmitOne("later");
  EXPECT_THAT(Affected(), testing::ElementsAre(paid + " " + kPayment + " paid appeal_days"));
  // A service that has not looked yet freezes by the older registry for a while.
  EXPECT_THAT(*loader_.Affected("", std::chrono::seconds(60), Soon()), SizeIs(2));
  EXPECT_THAT(Affected("2100-01-01T00:00:00Z"), IsEmpty());
}

TEST_F(RegistryLoaderTest, AffectsEveryOrderOfACityThatIsBlocked) {
  const std::string waiting = SubmitOne("waiting");
  City(kSanFrancisco).blocked_reason = "blocked_in_source";
  ASSERT_TRUE(Load().ok());
  EXPECT_THAT(Affected(), testing::ElementsAre(waiting + "  submitted blocked_reason"));
}

TEST_F(RegistryLoaderTest, NoLongerAffectsAnOrderThatWasFrozenAnew) {
  const std::string intake = SubmitOne("again");
  Sfmta().appeal_days = 28;
  ASSERT_TRUE(Load().ok());
  ASSERT_THAT(Affected(), SizeIs(1));
  Owner(
      "INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type, content_sha256, "
      "is_final, frozen_at) SELECT gen_random_uuid(), intake_id, 2, appeal_type, content_sha256, "
      "true, now() FROM intake.drafts");
  EXPECT_THAT(Affected(), IsEmpty());
}

}  // namespace
}  // namespace fsft::intake
