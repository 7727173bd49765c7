#include "services/intake/exhibits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <set>
#include <thread>

#include "services/intake/access_token.h"
#include "services/intake/test_intakes.h"
#include "shared/crypto/digest.h"
#include "shared/images/photograph.h"
#include "shared/images/sample_images.h"
#include "shared/rpc/status.h"

namespace fsft::intake {
namespace {

using fightsftickets::intake::v1::AddExhibitRequest;
using fightsftickets::intake::v1::AddExhibitResponse;
using fightsftickets::intake::v1::RemoveExhibitRequest;
using fightsftickets::intake::v1::RemoveExhibitResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ReasonOf(const absl::Status& status) { return rpc::DetailOf(status).reason(); }

// "field: code" of its one violation.
std::string ViolationOf(const absl::Status& status) {
  const auto detail = rpc::DetailOf(status);
  if (detail.field_violations_size() != 1) return detail.reason();
  return detail.field_violations(0).field() + ": " + detail.field_violations(0).code();
}

class ExhibitsTest : public IntakesTest {
 protected:
  ExhibitsTest() { Begin(); }

  // An appeal that can still be changed.
  void Begin() {
    const NewAppeal appeal = Appeal();
    EXPECT_TRUE(store_.Submit(appeal, Key(appeal.intake_id), Soon()).ok());
    intake_id_ = appeal.intake_id;
    data_key_ = appeal.sealed.data_key;
    SetState("draft");
  }
  void SetState(const std::string& state) {
    Owner("UPDATE intake.intakes SET state = '" + state +
          "', paid_at = now(), fulfilled_at = now() WHERE intake_id = '" + intake_id_ + "'");
  }

  // `key` tells requests apart.
  AddExhibitRequest Request(const std::string& key, const std::string& image = Picture()) const {
    AddExhibitRequest request;
    request.mutable_request_key()->set_idempotency_key("a key of a request: " + key);
    request.mutable_request_key()->set_request_digest(crypto::Sha256(image));
    request.set_intake_id(intake_id_);
    request.set_access_token(AccessToken(*keys_, intake_id_, 1));
    request.set_image(image);
    return request;
  }
  absl::StatusOr<AddExhibitResponse> Add(const AddExhibitRequest& request) {
    return exhibits_.Add(request, Soon());
  }
  absl::Status Refusal(const AddExhibitRequest& request) { return Add(request).status(); }

  std::string Added(const std::string& key) {
    const auto added = Add(Request(key));
    EXPECT_TRUE(added.ok()) << added.status();
    return added->exhibit().exhibit_id();
  }
  absl::StatusOr<RemoveExhibitResponse> Remove(const std::string& exhibit_id,
                                               bool checkout_ended = false) {
    RemoveExhibitRequest request;
    request.set_intake_id(intake_id_);
    request.set_access_token(AccessToken(*keys_, intake_id_, 1));
    request.set_exhibit_id(exhibit_id);
    request.set_checkout_ended(checkout_ended);
    return exhibits_.Remove(request, Soon());
  }
  // The ids by position, as their owner reads them.
  std::vector<std::string> Remaining() {
    const auto exhibits = exhibits_.Summarize(intake_id_, Soon());
    EXPECT_TRUE(exhibits.ok()) << exhibits.status();
    std::vector<std::string> ids;
    for (const auto& exhibit : *exhibits) {
      ids.push_back(exhibit.exhibit_id());
      EXPECT_EQ(exhibit.position(), ids.size());
    }
    return ids;
  }

  // Locks the intake's row until every connection of the pool waits for it.
  std::future<void> HoldUntilEightWait() {
    const std::string row = "FROM intake.intakes WHERE intake_id = '" + intake_id_ + "' FOR UPDATE";
    std::future<void> holding = std::async(std::launch::async, [this, row] {
      test_database_.Query("postgres",
                           "DO $$ BEGIN PERFORM " + row +
                               "; WHILE (SELECT count(*) < 8 FROM pg_stat_activity WHERE datname = "
                               "current_database() AND wait_event_type = 'Lock') LOOP PERFORM "
                               "pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP; END $$");
    });
    while (!Owner("SELECT intake_id " + row + " SKIP LOCKED").empty()) std::this_thread::yield();
    return holding;
  }

  static std::string Picture() { return images::MakeJpeg({}); }

  ExhibitStore exhibit_store_{*database_};
  time::SystemClock clock_;
  RegistryCache registry_cache_{store_, ServedUnverified::All()};
  StepStore steps_{*database_};
  StepFlow flow_{steps_, registry_cache_, key_source_, clock_};
  Exhibits exhibits_{exhibit_store_, flow_, key_source_, clock_};
  std::string intake_id_;
  crypto::WrappedKey data_key_;
};

TEST_F(ExhibitsTest, TakesAPhotographAndGivesItOutForPrint) {
  AddExhibitRequest request = Request("1", images::MakeJpeg({.width = 320, .height = 200}));
  request.set_caption("  The sign behind the tree  ");
  const auto added = Add(request);
  ASSERT_TRUE(added.ok()) << added.status();
  EXPECT_EQ(added->exhibit().position(), 1);
  EXPECT_EQ(added->exhibit().width(), 320);
  EXPECT_EQ(added->exhibit().height(), 200);

  const auto jpeg = exhibits_.Read(added->exhibit().exhibit_id(), Soon());
  ASSERT_TRUE(jpeg.ok()) << jpeg.status();
  EXPECT_EQ(*jpeg, images::PreparePhotograph(request.image())->jpeg);

  const auto listed =
      exhibits_.List(intake_id_, *OpenIntakeKey(data_key_, intake_id_, *keys_), Soon());
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->size(), 1);
  EXPECT_EQ(listed->front().exhibit_id(), added->exhibit().exhibit_id());
  EXPECT_EQ(listed->front().sha256(), crypto::Sha256(*jpeg));
  EXPECT_EQ(listed->front().caption(), "The sign behind the tree");
}

TEST_F(ExhibitsTest, LeavesItsTrailAndNothingReadable) {
  AddExhibitRequest request = Request("1");
  request.set_caption("Mission Street");
  ASSERT_TRUE(Add(request).ok());
  EXPECT_EQ(Owner("SELECT actor || ' ' || action FROM intake.audit_log ORDER BY at DESC LIMIT 1"),
            "customer add_exhibit");
  const std::string row = Owner("SELECT e::text FROM intake.exhibits e");
  EXPECT_THAT(row, Not(HasSubstr("4d697373696f6e")));  // "Mission"
  EXPECT_THAT(row, Not(HasSubstr("\\xffd8")));         // how a JPEG starts
}

TEST_F(ExhibitsTest, NumbersThemInTheOrderTheyCame) {
  for (int position = 1; position <= kMaxExhibits; ++position) {
    const auto added = Add(Request(std::to_string(position)));
    ASSERT_TRUE(added.ok()) << added.status();
    EXPECT_EQ(added->exhibit().position(), position);
  }
  EXPECT_EQ(ReasonOf(Refusal(Request("6"))), "too_many_exhibits");
}

TEST_F(ExhibitsTest, TakesFiveOfManyThatComeSideBySide) {
  constexpr int kUploads = 12;
  // All that have a connection have begun their statement before any of them may go on.
  std::future<void> holding = HoldUntilEightWait();
  std::vector<std::future<absl::StatusOr<AddExhibitResponse>>> uploads;
  for (int i = 0; i < kUploads; ++i) {
    uploads.push_back(std::async(
        std::launch::async, [this, i] { return Add(Request("upload " + std::to_string(i))); }));
  }
  holding.get();
  std::set<int> positions;
  int refused = 0;
  for (auto& upload : uploads) {
    const auto added = upload.get();
    if (added.ok()) {
      positions.insert(added->exhibit().position());
    } else {
      EXPECT_EQ(ReasonOf(added.status()), "too_many_exhibits") << added.status();
      ++refused;
    }
  }
  EXPECT_EQ(positions, (std::set<int>{1, 2, 3, 4, 5}));
  EXPECT_EQ(refused, kUploads - kMaxExhibits);
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.exhibits"), "5");
  EXPECT_EQ(Owner("SELECT exhibit_count FROM intake.intakes"), "5");
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.audit_log WHERE action = 'add_exhibit'"), "5");
}

TEST_F(ExhibitsTest, TwinsOfARequestStoreOne) {
  std::vector<std::future<absl::StatusOr<AddExhibitResponse>>> twins;
  for (int i = 0; i < 8; ++i) {
    twins.push_back(std::async(std::launch::async, [this] { return Add(Request("twin")); }));
  }
  std::set<std::string> ids;
  int stored = 0;
  for (auto& twin : twins) {
    const auto added = twin.get();
    ASSERT_TRUE(added.ok()) << added.status();
    ids.insert(added->exhibit().exhibit_id());
    stored += !added->repeated_request();
  }
  EXPECT_EQ(ids.size(), 1);
  EXPECT_EQ(stored, 1);
  EXPECT_EQ(Owner("SELECT exhibit_count FROM intake.intakes"), "1");
}

TEST_F(ExhibitsTest, ARepeatIsAnsweredAsTheFirstWhateverHasPassed) {
  const auto first = Add(Request("1"));
  SetState("paid");
  const auto again = Add(Request("1"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->repeated_request());
  EXPECT_EQ(again->exhibit().SerializeAsString(), first->exhibit().SerializeAsString());
}

TEST_F(ExhibitsTest, TheSameBytesWithoutAKeyAreTheSamePhotograph) {
  AddExhibitRequest request = Request("");
  request.mutable_request_key()->clear_idempotency_key();
  const auto first = Add(request);
  EXPECT_EQ(Add(request)->exhibit().exhibit_id(), first->exhibit().exhibit_id());

  Begin();  // another appeal may show the same
  AddExhibitRequest elsewhere = Request("");
  elsewhere.mutable_request_key()->clear_idempotency_key();
  const auto added = Add(elsewhere);
  ASSERT_TRUE(added.ok()) << added.status();
  EXPECT_FALSE(added->repeated_request());
  EXPECT_NE(added->exhibit().exhibit_id(), first->exhibit().exhibit_id());
}

TEST_F(ExhibitsTest, AKeyThatComesWithAnotherPhotographIsRefused) {
  ASSERT_TRUE(Add(Request("1")).ok());
  EXPECT_EQ(ReasonOf(Refusal(Request("1", images::MakePng({})))), "idempotency_key_reused");
}

TEST_F(ExhibitsTest, OnlyTheTokenOpensAnAppeal) {
  AddExhibitRequest request = Request("1");
  request.set_access_token(AccessToken(*keys_, intake_id_, 2));
  EXPECT_EQ(ReasonOf(Refusal(request)), "invalid_token");
  request.clear_access_token();
  EXPECT_EQ(ReasonOf(Refusal(request)), "invalid_token");
  request = Request("1");
  request.set_intake_id("0193a000-0000-7000-8000-000000000001");
  EXPECT_EQ(ReasonOf(Refusal(request)), "invalid_token");
  request.set_intake_id("no id");
  EXPECT_EQ(ReasonOf(Refusal(request)), "invalid_token");
}

TEST_F(ExhibitsTest, APaidAppealTakesNoMore) {
  for (const char* state : {"paid", "fulfilled"}) {
    SetState(state);
    EXPECT_EQ(ReasonOf(Refusal(Request("1"))), "already_paid") << state;
  }
  SetState("submitted");
  EXPECT_EQ(ReasonOf(Refusal(Request("1"))), "checkout_open");
}

TEST_F(ExhibitsTest, NothingIsStoredOfAPictureThatCannotBeUsed) {
  const std::string png = images::MakePng({});
  const std::vector<std::pair<std::string, std::string>> refusals = {
      {"", "file: required"},
      {std::string((10 << 20) + 1, 'x'), "file: too_long"},
      {"GIF89a", "file: image_type_unsupported"},
      {png.substr(0, png.size() / 2), "file: image_damaged"},
      {images::WithChunk(png, "acTL", "\1"), "file: image_animated"},
      {images::ClaimingSize(png, 100'000, 100'000), "file: image_too_large"}};
  for (const auto& [image, violation] : refusals) {
    const absl::Status status = Refusal(Request("a picture", image));
    EXPECT_EQ(ViolationOf(status), violation);
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    EXPECT_EQ(ReasonOf(status), violation == "file: image_type_unsupported"
                                    ? "unsupported_media_type"
                                    : "invalid_fields");
  }
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.exhibits"), "0");
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.request_keys WHERE exhibit_id IS NOT NULL"), "0");
}

TEST_F(ExhibitsTest, ACaptionIsShortPlainText) {
  AddExhibitRequest request = Request("1");
  request.set_caption(std::string(101, 'x'));
  EXPECT_EQ(ViolationOf(Refusal(request)), "caption: too_long");
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "\ufdfd";
  request.set_caption(wide);
  EXPECT_EQ(ViolationOf(Refusal(request)), "caption: too_wide");
  request.set_caption("two\nlines");
  EXPECT_EQ(ViolationOf(Refusal(request)), "caption: invalid_characters");
  request.set_caption("turned \u202E around");
  EXPECT_EQ(ViolationOf(Refusal(request)), "caption: invalid_characters");
  request.set_caption(std::string(100, 'W'));
  EXPECT_TRUE(Add(request).ok());
}

TEST_F(ExhibitsTest, AnErasedAppealGivesOutNothing) {
  const auto added = Add(Request("1"));
  ASSERT_TRUE(added.ok()) << added.status();
  Owner("UPDATE intake.intakes SET data_key = NULL, data_key_id = NULL, person_sealed = NULL");
  const absl::Status status = exhibits_.Read(added->exhibit().exhibit_id(), Soon()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(Refusal(Request("2"))), "intake_closed");
}

TEST_F(ExhibitsTest, AnImageOpensInItsOwnRowOnly) {
  const std::string first = Add(Request("1"))->exhibit().exhibit_id();
  const std::string second =
      Add(Request("2", images::MakePng({.width = 20})))->exhibit().exhibit_id();
  Owner(
      "UPDATE intake.exhibits SET image_sealed = (SELECT image_sealed FROM intake.exhibits "
      "WHERE exhibit_id = '" +
      second + "') WHERE exhibit_id = '" + first + "'");
  EXPECT_EQ(exhibits_.Read(first, Soon()).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(exhibits_.Read(second, Soon()).ok());
}

TEST_F(ExhibitsTest, ThoseBehindARemovedOneMoveUp) {
  const std::string first = Added("1"), second = Added("2"), third = Added("3");
  const auto removed = Remove(first);
  ASSERT_TRUE(removed.ok()) << removed.status();
  ASSERT_EQ(removed->exhibits_size(), 2);
  EXPECT_EQ(removed->exhibits(0).exhibit_id(), second);
  EXPECT_EQ(removed->exhibits(0).position(), 1);
  EXPECT_THAT(Remaining(), ElementsAre(second, third));
  EXPECT_THAT((Added("4"), Remaining()), testing::SizeIs(3));
  EXPECT_EQ(Owner("SELECT actor || ' ' || action FROM intake.audit_log "
                  "WHERE action LIKE '%exhibit' ORDER BY at DESC OFFSET 1 LIMIT 1"),
            "customer remove_exhibit");
}

TEST_F(ExhibitsTest, RemovingOneAgainChangesNothing) {
  const std::string first = Added("1"), second = Added("2");
  ASSERT_TRUE(Remove(first).ok());
  const std::string before = Owner("SELECT i::text FROM intake.intakes i");
  const auto again = Remove(first);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->exhibits_size(), 1);
  EXPECT_EQ(Owner("SELECT i::text FROM intake.intakes i"), before);
  SetState("paid");
  EXPECT_TRUE(Remove(first).ok());
  EXPECT_EQ(ReasonOf(Remove(second).status()), "already_paid");
}

TEST_F(ExhibitsTest, NothingIsLeftOfAPhotographThatNoLetterShows) {
  AddExhibitRequest request = Request("1");
  request.set_caption("Mission Street");
  ASSERT_TRUE(Remove(Add(request)->exhibit().exhibit_id()).ok());
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.exhibits "
                  "WHERE image_sealed IS NOT NULL OR caption_sealed IS NOT NULL"),
            "0");
}

// Money for that letter may arrive late, and an operator may accept it.
TEST_F(ExhibitsTest, APhotographThatWasOfferedForPaymentStaysPrintable) {
  const std::string shown = Added("1");
  Owner("UPDATE intake.drafts SET frozen_at = now()");
  SetState("submitted");
  EXPECT_EQ(ReasonOf(Remove(shown).status()), "checkout_open");
  const auto removed = Remove(shown, true);
  ASSERT_TRUE(removed.ok()) << removed.status();
  EXPECT_TRUE(exhibits_.Read(shown, Soon()).ok());
  EXPECT_THAT(Remaining(), testing::IsEmpty());
  EXPECT_EQ(Owner("SELECT state FROM intake.intakes"), "draft");
  EXPECT_EQ(Owner("SELECT string_agg(is_final::text, ' ' ORDER BY version) FROM intake.drafts"),
            "true false");
}

TEST_F(ExhibitsTest, TheSamePhotographCanComeAgain) {
  AddExhibitRequest request = Request("");
  request.mutable_request_key()->clear_idempotency_key();
  const std::string first = Add(request)->exhibit().exhibit_id();
  ASSERT_TRUE(Remove(first).ok());
  const auto added = Add(request);
  ASSERT_TRUE(added.ok()) << added.status();
  EXPECT_FALSE(added->repeated_request());
  EXPECT_THAT(Remaining(), ElementsAre(added->exhibit().exhibit_id()));
}

TEST_F(ExhibitsTest, RemovalsSideBySideLeaveNoGap) {
  std::vector<std::string> ids;
  for (int i = 0; i < kMaxExhibits; ++i) ids.push_back(Added(std::to_string(i)));
  std::vector<std::future<absl::Status>> removals;
  for (const int i : {0, 1, 3, 0}) {
    removals.push_back(std::async(std::launch::async, [&, i] { return Remove(ids[i]).status(); }));
  }
  for (auto& removal : removals) {
    const absl::Status status = removal.get();
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_THAT(Remaining(), ElementsAre(ids[2], ids[4]));
  EXPECT_EQ(Owner("SELECT exhibit_count FROM intake.intakes"), "2");
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.audit_log WHERE action = 'remove_exhibit'"), "3");
}

TEST_F(ExhibitsTest, OnlyItsOwnAppealLosesAPhotograph) {
  const std::string foreign = Added("1");
  Begin();
  EXPECT_EQ(ReasonOf(Remove(foreign).status()), "exhibit_not_found");
  EXPECT_EQ(ReasonOf(Remove("no id").status()), "exhibit_not_found");
  RemoveExhibitRequest request;
  request.set_intake_id(intake_id_);
  request.set_exhibit_id(foreign);
  EXPECT_EQ(ReasonOf(exhibits_.Remove(request, Soon()).status()), "invalid_token");
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.exhibits WHERE removed_at IS NULL"), "1");
}

TEST_F(ExhibitsTest, WhatIsNoExhibitIsNotFound) {
  for (const char* id : {"", "no id", "0193a000-0000-7000-8000-000000000001"}) {
    EXPECT_EQ(ReasonOf(exhibits_.Read(id, Soon()).status()), "exhibit_not_found") << id;
  }
}

TEST_F(ExhibitsTest, TheServiceCannotChangeAnExhibit) {
  EXPECT_THROW(test_database_.Query("intake_rw", "UPDATE intake.exhibits SET width = 1"),
               std::runtime_error);
  EXPECT_THROW(test_database_.Query("intake_rw", "DELETE FROM intake.exhibits"),
               std::runtime_error);
}

}  // namespace
}  // namespace fsft::intake
