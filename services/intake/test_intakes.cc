#include "services/intake/test_intakes.h"

#include "shared/crypto/digest.h"
#include "shared/ids/uuid.h"

namespace fsft::intake {

IntakesTest::IntakesTest()
    : database_(*db::Database::Create(
          {.url = test_database_.Url("intake_rw"), .pool_size = 8, .application_name = "test"},
          registry_)),
      store_(*database_),
      keys_(*crypto::KeyRing::Parse("wrap:w1:" + std::string(64, 'a') + "\nlookup:l1:" +
                                    std::string(64, 'a') + "\ntoken:t1:" + std::string(64, 'a'))) {}

NewAppeal IntakesTest::Appeal(const std::string& citation, const std::string& email) const {
  fightsftickets::intake::v1::Submission submission;
  submission.mutable_citation()->set_number(citation);
  submission.mutable_sender()->set_email(email);
  submission.set_letter_text("The meter was broken.");
  NewAppeal appeal{.intake_id = ids::NewUuidV7(std::chrono::system_clock::now()),
                   .draft_id = ids::NewUuidV7(std::chrono::system_clock::now()),
                   .city_id = "us-ca-san_francisco",
                   .section_id = "sfmta",
                   .appeal_type = "standard"};
  appeal.sealed = SealAppeal(submission, appeal.intake_id, appeal.draft_id, *keys_);
  return appeal;
}

fightsftickets::intake::v1::SubmitAppealRequest IntakesTest::Request(const std::string& body) {
  fightsftickets::intake::v1::SubmitAppealRequest request;
  request.set_request_digest(crypto::Sha256(body));
  request.mutable_citation()->set_number("912345678");
  request.mutable_citation()->set_city_id("us-ca-san_francisco");
  request.mutable_citation()->set_violation_date("2026-11-10");
  request.mutable_sender()->set_name("Jordan Doe");
  request.mutable_sender()->set_address_line1("1 Main St");
  request.mutable_sender()->set_city("Oakland");
  request.mutable_sender()->set_state("CA");
  request.mutable_sender()->set_zip("94601");
  request.set_letter_text(std::string(50, 'x'));
  request.set_appeal_type(fightsftickets::common::v1::APPEAL_TYPE_STANDARD);
  return request;
}

RequestKey IntakesTest::Key(const std::string& key, const std::string& body) {
  return {.key_hmac = crypto::Sha256(key),
          .digest = crypto::Sha256(body),
          .lookup_key_id = "l1",
          .lifetime = std::chrono::minutes(15)};
}

db::Deadline IntakesTest::Soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(20);
}

absl::Status IntakesTest::Put(const std::string& intake, const std::string& payment,
                              int64_t version, const std::string& state) {
  return store_.PutOrders(
      {{.intake_id = intake, .payment_id = payment, .version = version, .state = state}}, Soon());
}

}  // namespace fsft::intake
