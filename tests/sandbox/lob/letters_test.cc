#include <gtest/gtest.h>

#include <regex>

#include "shared/http/client.h"
#include "tests/sandbox/testing.h"

namespace fsft::sandbox {
namespace {

using testing::Bench;
using testing::LetterParts;
using testing::MakePdf;
using testing::Reply;
using testing::With;
using testing::Without;

std::vector<std::string> Ids(const Json& list) {
  std::vector<std::string> ids;
  for (const Json& letter : list) ids.push_back(letter["id"]);
  return ids;
}

TEST(LobLetters, AreTakenAndReadBack) {
  Bench bench;
  const Reply created = bench.Lob("POST", "/letters", LetterParts());
  ASSERT_EQ(created.status, 200) << created.body.dump(2);
  const Json& letter = created.body;
  const std::string id = letter["id"];
  EXPECT_TRUE(std::regex_match(id, std::regex("ltr_[0-9a-f]{16}"))) << id;
  EXPECT_EQ(letter["to"]["company"], "SFMTA CITATION REVIEW");
  EXPECT_EQ(letter["metadata"]["payment_id"], "payment-1");
  EXPECT_EQ(letter["tracking_number"], nullptr);
  EXPECT_TRUE(std::regex_match(letter["expected_delivery_date"].get<std::string>(),
                               std::regex("\\d{4}-\\d\\d-\\d\\d")));
  EXPECT_EQ(bench.Lob("GET", "/letters/" + id).body, letter);
  EXPECT_EQ(bench.Lob("GET", "/letters/ltr_none").status, 404);
  EXPECT_EQ(bench.Lob("GET", "/postcards").status, 404);
}

TEST(LobLetters, AreRefusedToAKeyThatWasReplaced) {
  Bench bench;
  const std::string path = bench.url("/lob/v1/letters");
  const std::string old_key = http::BasicAuthorization("test_sandbox", "");
  EXPECT_EQ(bench.Get(path, old_key).status, 200);
  bench.Control("POST", "/lob/accept_only", {{"key", "test_the_new_one"}});
  EXPECT_EQ(bench.Get(path, old_key).status, 401);
  EXPECT_EQ(bench.Get(path, http::BasicAuthorization("test_the_new_one", "")).status, 200);
}

TEST(LobLetters, AreTrackedWhenCertified) {
  Bench bench;
  const Reply letter =
      bench.Lob("POST", "/letters", With(LetterParts(), "extra_service", "certified"));
  EXPECT_EQ(letter.body["extra_service"], "certified");
  EXPECT_EQ(letter.body["tracking_number"].get<std::string>().size(), 22u);
}

TEST(LobLetters, AreRefusedAsLobRefusesThem) {
  Bench bench;
  const std::pair<const char*, std::string> kWrong[] = {
      {"use_type", "private"},
      {"mail_type", "usps_certified"},
      {"extra_service", "express"},
      {"color", "perhaps"},
      {"to[company]", std::string(41, 'x')},
      {"from[name]", std::string(41, 'x')},
      {"to[address_line1]", std::string(65, 'x')},
      {"to[address_line1]", ""},
      {"to[address_state]", "Calif."},
      {"to[address_zip]", "9410"},
      {"to[address_zip]", "94103-12"},
      {"to[planet]", "Earth"},
      {"colour", "false"},
      {"metadata[a]", "\"quoted\""},
      {"file", "Dear Sir"},
      {"file", MakePdf(1, "[0 0 595 842]")},
      {"file", MakePdf(121)},
      {"file", MakePdf(0)},
  };
  for (const auto& [name, value] : kWrong) {
    const Reply reply = bench.Lob("POST", "/letters", With(LetterParts(), name, value));
    EXPECT_EQ(reply.status, 422) << name << " " << value.substr(0, 50);
    EXPECT_EQ(reply.body["error"]["status_code"], 422);
    EXPECT_TRUE(reply.body["error"]["code"].is_string());
    EXPECT_TRUE(reply.body["error"]["message"].is_string());
  }
  EXPECT_TRUE(bench.Control("GET", "/lob/letters").empty());
}

TEST(LobLetters, NeedEveryRequiredField) {
  Bench bench;
  for (const char* name : {"use_type", "color", "file", "from[name]", "to[company]",
                           "to[address_line1]", "to[address_city]", "from[address_zip]"}) {
    EXPECT_EQ(bench.Lob("POST", "/letters", Without(LetterParts(), name)).status, 422) << name;
  }
}

TEST(LobLetters, TakeExtraServicesWithFirstClassOnly) {
  Bench bench;
  const auto standard = With(LetterParts(), "mail_type", "usps_standard");
  EXPECT_EQ(bench.Lob("POST", "/letters", standard).status, 200);
  EXPECT_EQ(bench.Lob("POST", "/letters", With(standard, "extra_service", "certified")).status,
            422);
}

TEST(LobLetters, CountCharactersNotBytes) {
  Bench bench;
  std::string name;
  for (int i = 0; i < 40; ++i) name += "é";
  EXPECT_EQ(bench.Lob("POST", "/letters", With(LetterParts(), "from[name]", name)).status, 200);
}

TEST(LobLetters, NeedATestKey) {
  Bench bench;
  const std::string live = http::BasicAuthorization("live_sandbox", "");
  EXPECT_EQ(bench.Get("/lob/v1/letters").status, 401);
  EXPECT_EQ(bench.Get("/lob/v1/letters", live).status, 401);
}

TEST(LobLetters, AreOneUnderOneKey) {
  Bench bench;
  const Reply first = bench.Lob("POST", "/letters", LetterParts(), "payment-1:1");
  const Reply again = bench.Lob("POST", "/letters", LetterParts(), "payment-1:1");
  EXPECT_EQ(again.body["id"], first.body["id"]);
  EXPECT_EQ(
      bench.Lob("POST", "/letters", With(LetterParts(), "file", MakePdf(2)), "payment-1:1").status,
      422);
  EXPECT_EQ(bench.Control("GET", "/lob/letters").size(), 1u);
  bench.Control("POST", "/clock", {{"advance_seconds", 24 * 3600}});
  EXPECT_NE(bench.Lob("POST", "/letters", LetterParts(), "payment-1:1").body["id"],
            first.body["id"]);
}

TEST(LobLetters, BindNoKeyToAFailure) {
  Bench bench;
  bench.Control("POST", "/knobs", {{"operation", "lob.letters.create"}, {"fail_status", 500}});
  EXPECT_EQ(bench.Lob("POST", "/letters", LetterParts(), "key").status, 500);
  EXPECT_EQ(bench.Lob("POST", "/letters", LetterParts(), "key").status, 200);
}

TEST(LobLetters, AreFoundByMetadataAndDate) {
  Bench bench;
  const std::string first = bench.Lob("POST", "/letters", LetterParts()).body["id"];
  bench.Lob("POST", "/letters", With(LetterParts(), "metadata[payment_id]", "payment-2"));
  const auto found = [&](const std::string& query) {
    return Ids(bench.Lob("GET", "/letters?" + query).body["data"]);
  };
  EXPECT_EQ(found("metadata[payment_id]=payment-1"), std::vector{first});
  EXPECT_EQ(found("metadata={%22payment_id%22:%22payment-1%22}"), std::vector{first});
  EXPECT_TRUE(found("metadata[payment_id]=payment-3").empty());
  EXPECT_EQ(found("date_created[gt]=2020-01-01").size(), 2u);
  EXPECT_TRUE(found("date_created[lt]=2020-01-01T00:00:00Z").empty());
  EXPECT_EQ(bench.Lob("GET", "/letters?date_created[gt]=today").status, 422);
  EXPECT_EQ(bench.Lob("GET", "/letters?limit=101").status, 422);
}

TEST(LobLetters, ComeInPagesThatLinkToEachOther) {
  Bench bench;
  std::vector<std::string> newest_first;
  for (int i = 0; i < 3; ++i) {
    newest_first.insert(newest_first.begin(),
                        bench.Lob("POST", "/letters", LetterParts()).body["id"]);
  }
  std::vector<std::string> seen;
  Json page = bench.Lob("GET", "/letters?limit=1&metadata[payment_id]=payment-1").body;
  EXPECT_EQ(page["previous_url"], nullptr);
  for (;;) {
    ASSERT_EQ(page["data"].size(), 1u);
    seen.push_back(page["data"][0]["id"]);
    if (page["next_url"].is_null()) break;
    const std::string next = page["next_url"];
    page = bench.Lob("GET", next.substr(bench.url("/lob/v1").size())).body;
  }
  EXPECT_EQ(seen, newest_first);
  const std::string previous = page["previous_url"];
  EXPECT_EQ(Ids(bench.Lob("GET", previous.substr(bench.url("/lob/v1").size())).body["data"]),
            std::vector{newest_first[1]});
}

TEST(LobLetters, ComeInPagesThatKeepTheirDates) {
  Bench bench;
  const std::string older = bench.Lob("POST", "/letters", LetterParts()).body["id"];
  bench.Control("POST", "/clock", {{"advance_seconds", 24 * 3600}});
  bench.Lob("POST", "/letters", LetterParts());
  bench.Lob("POST", "/letters", LetterParts());
  const std::string since = bench.Lob("GET", "/letters/" + older).body["date_created"];
  const std::string query = "/letters?date_created[gt]=" + http::PercentEncode(since);
  EXPECT_EQ(bench.Lob("GET", query + "&limit=100").body["count"], 2);
  const std::string next = bench.Lob("GET", query + "&limit=1").body["next_url"];
  const Json last = bench.Lob("GET", next.substr(bench.url("/lob/v1").size())).body;
  EXPECT_EQ(last["count"], 1);
  EXPECT_EQ(last["next_url"], nullptr);  // without the date the oldest would follow
}

TEST(LobLetters, CanBeCancelledForFiveMinutes) {
  Bench bench;
  const std::string early = bench.Lob("POST", "/letters", LetterParts()).body["id"];
  const std::string late = bench.Lob("POST", "/letters", LetterParts()).body["id"];
  EXPECT_EQ(bench.Lob("DELETE", "/letters/" + early).body["deleted"], true);
  EXPECT_EQ(bench.Lob("GET", "/letters/" + early).body["deleted"], true);
  EXPECT_EQ(bench.Lob("DELETE", "/letters/" + early).status, 404);
  bench.Control("POST", "/clock", {{"advance_seconds", 300}});
  const Reply refused = bench.Lob("DELETE", "/letters/" + late);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body["error"]["code"], "not_deletable");
}

TEST(LobLetters, AreShownAsTheyWereSent) {
  Bench bench;
  const std::string id = bench.Lob("POST", "/letters", LetterParts()).body["id"];
  const Json letters =
      bench.Control("GET", "/lob/letters?metadata[payment_id]=payment-1&at_least=1&timeout_ms=1");
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0]["sent_from"]["name"], "Ada Example");
  const http::Response file = bench.Get(letters[0]["mailbox_url"]);
  EXPECT_EQ(file.body, MakePdf());
  EXPECT_EQ(file.Find("Content-Type"), "application/pdf");
  const Json requests = bench.Control("GET", "/lob/requests");
  EXPECT_EQ(requests[0]["form"]["to"]["company"], "SFMTA Citation Review");
  EXPECT_EQ(requests[0]["files"][0]["size"], MakePdf().size());
}

TEST(LobLetters, KeepOnlyTheNewestFiles) {
  Options options;
  options.kept_letters = 1;
  Bench bench(options);
  const std::string older = bench.Lob("POST", "/letters", LetterParts()).body["id"];
  const std::string newer = bench.Lob("POST", "/letters", LetterParts()).body["id"];
  EXPECT_EQ(bench.Get("/mailbox/" + older + ".pdf").status, 404);
  EXPECT_EQ(bench.Get("/mailbox/" + newer + ".pdf").status, 200);
  EXPECT_EQ(bench.Lob("GET", "/letters/" + older).status, 200);
}

}  // namespace
}  // namespace fsft::sandbox
