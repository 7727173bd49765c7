// The gRPC services over a real, mutually authenticated connection.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "services/fulfillment/addresses_handler.h"
#include "services/fulfillment/admin_handler.h"
#include "services/fulfillment/letters_handler.h"
#include "services/fulfillment/mailing/fake_submissions.h"
#include "services/fulfillment/orders_handler.h"
#include "services/fulfillment/test_orders.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/client.h"
#include "shared/rpc/server.h"
#include "shared/rpc/status.h"
#include "shared/rpc/test_certificates.h"
#include "shared/words/proto_time.h"

namespace fsft::fulfillment {
namespace {

namespace common_v1 = fightsftickets::common::v1;
namespace v1 = fightsftickets::fulfillment::v1;
using ::testing::ElementsAre;

// Answers what the test sets.
class FakeChecker final : public AddressChecker {
 public:
  AddressFinding Check(const Address& address, rpc::Deadline) override {
    asked = address;
    return finding;
  }

  Address asked;
  AddressFinding finding;
};

class HandlersTest : public LettersTest {
 protected:
  HandlersTest() {
    rpc::ServerOptions options;
    options.address = "127.0.0.1:0";
    options.tls_directory = CertificateOf("fulfillment");
    server_ = *rpc::Server::Start(options, {&orders_, &letters_, &addresses_, &admin_});
  }
  ~HandlersTest() override { server_->Shutdown(rpc::In(std::chrono::seconds(5))); }

  std::string CertificateOf(const std::string& name) {
    const auto directory = temporary_.path() / name;
    if (!std::filesystem::exists(directory)) authority_.Issue(directory, name);
    return directory;
  }

  template <class Service>
  rpc::Client<Service> ClientAs(const std::string& name) {
    rpc::ChannelsOptions options;
    options.target = "127.0.0.1:" + std::to_string(server_->port());
    options.expected_name = "fulfillment";
    options.tls_directory = CertificateOf(name);
    options.channels = 1;
    return rpc::Client<Service>(*rpc::Channels::Open(options, registry_));
  }

  static v1::Order MessageOf(const WantedLetter& wanted, v1::Want want = v1::WANT_MAIL) {
    v1::Order order;
    order.set_payment_id(wanted.payment_id);
    order.set_version(wanted.version);
    order.set_want(want);
    order.set_intake_id(wanted.intake_id);
    order.set_draft_id(wanted.draft_id);
    order.set_content_sha256(wanted.content_sha256);
    order.set_appeal_type(common_v1::APPEAL_TYPE_CERTIFIED);
    words::ToProto(*wanted.paid_at, *order.mutable_paid_at());
    return order;
  }

  absl::StatusOr<v1::PutResponse> PutMessages(const std::vector<v1::Order>& orders,
                                              const std::string& caller = "payment") {
    v1::PutRequest request;
    request.mutable_orders()->Add(orders.begin(), orders.end());
    return ClientAs<v1::OrdersService>(caller).Call(&rpc::Methods<v1::OrdersService>::Put, request,
                                                    Soon());
  }

  absl::StatusOr<v1::RetryResponse> Retry(const std::string& payment_id,
                                          const std::string& actor = "ops",
                                          bool undo_cancel = false) {
    v1::RetryRequest request;
    request.set_payment_id(payment_id);
    request.set_actor(actor);
    request.set_undo_cancel(undo_cancel);
    return Operators().Call(&rpc::Methods<v1::FulfillmentAdminService>::Retry, request, Soon());
  }

  absl::StatusOr<v1::CancelResponse> Cancel(const std::string& payment_id,
                                            const std::string& actor = "ops") {
    v1::CancelRequest request;
    request.set_payment_id(payment_id);
    request.set_actor(actor);
    return Operators().Call(&rpc::Methods<v1::FulfillmentAdminService>::Cancel, request, Soon());
  }

  rpc::Client<v1::FulfillmentAdminService> Operators() {
    return ClientAs<v1::FulfillmentAdminService>("gateway");
  }

  absl::StatusOr<v1::NewGenerationResponse> SendAnew(const std::string& payment_id,
                                                     bool force = false) {
    v1::NewGenerationRequest request;
    request.set_payment_id(payment_id);
    request.set_actor("ops");
    request.set_force(force);
    return Operators().Call(&rpc::Methods<v1::FulfillmentAdminService>::NewGeneration, request,
                            Soon());
  }

  absl::StatusOr<v1::GetLetterResponse> GetLetter(const std::string& payment_id,
                                                  const std::string& caller = "gateway") {
    v1::GetLetterRequest request;
    request.set_payment_id(payment_id);
    return ClientAs<v1::LettersService>(caller).Call(&rpc::Methods<v1::LettersService>::GetLetter,
                                                     request, Soon());
  }

  // Takes the only letter through an attempt to the state.
  void MoveTo(const std::string& state, const std::string& pdf = "%PDF") {
    ClaimedLetter letter = Claim().value();
    const SealedPdf sealed = SealPdf(*ring_, letter.payment_id, pdf);
    ASSERT_TRUE(*mailing_.BeginPost(letter, &sealed, std::chrono::seconds(120), Soon()));
    letter.state = "sending";
    ++letter.attempt;
    Decision decision{.to_state = state, .reason = state == "mailed" ? "" : "code"};
    if (state == "mailed") decision.letter_id = "ltr_1";
    decision.unsure = state == "outcome_unknown";
    ASSERT_EQ(**mailing_.Settle(letter, decision, Soon()), state);
  }

  // Opening the fonts takes longer than any of these tests.
  static Typesetter& TheTypesetter() {
    static const std::unique_ptr<Typesetter> typesetter = *Typesetter::Create();
    return *typesetter;
  }

  absl::StatusOr<v1::RenderPreviewResponse> Preview(const Submission& submission) {
    v1::RenderPreviewRequest request;
    *request.mutable_submission() = submission;
    return ClientAs<v1::LettersService>("gateway").Call(
        &rpc::Methods<v1::LettersService>::RenderPreview, request, Soon());
  }

  static std::string Reason(const absl::Status& status) { return rpc::DetailOf(status).reason(); }

  const std::string key_ = std::string(64, 'a');
  const std::shared_ptr<const crypto::KeyRing> ring_ =
      *crypto::KeyRing::Parse("wrap:w:" + key_ + "\nlookup:l:" + key_ + "\ntoken:t:" + key_ + "\n");
  crypto::FixedKeys keys_{ring_};
  rpc::TemporaryDirectory temporary_;
  rpc::TestAuthority authority_;
  std::atomic<int> wakes_{0};
  rpc::GuardEnvironment guards_{registry_, {.render = 1}};
  OrdersHandler orders_{guards_, store_, [this] { ++wakes_; }};
  time::FakeClock clock_{time::TimePoint(std::chrono::seconds(1'790'000'000))};
  FakeSubmissions submissions_;
  Previews previews_{submissions_, TheTypesetter()};
  TrackingStore tracking_{*database_};
  Tracker tracker_{tracking_, registry_, [] {}};
  LobWebhooks webhooks_{tracker_, clock_, registry_,
                        [] { return std::vector{config::Secret("secret")}; }};
  LettersHandler letters_{guards_,
                          {.letters = store_,
                           .mailing = mailing_,
                           .tracking = tracking_,
                           .webhooks = webhooks_,
                           .previews = previews_,
                           .keys = keys_},
                          {.mail_mode = "test", .verifies_addresses = true}};
  FakeChecker checker_;
  AddressesHandler addresses_{guards_, checker_};
  LetterReports reports_{*database_, registry_, /*livemode=*/false};
  AdminHandler admin_{guards_, store_, mailing_, reports_, [this] { ++wakes_; }};
  std::unique_ptr<rpc::Server> server_;
};

TEST_F(HandlersTest, TellsOfAnAddressInTheWordsOfTheRestContract) {
  checker_.finding = {
      .verdict = AddressVerdict::kUndeliverable,
      .advice = {{"line1", "undeliverable", "must be another"}, {"zip", "invalid", "is none"}},
      .suggestion =
          Address{.line1 = "1 Main Ave", .line2 = "Apt 2", .city = "Oakland", .zip = "9"}};
  v1::CheckAddressRequest request;
  request.mutable_address()->set_line1("1 Main St");
  request.mutable_address()->set_zip("94607");
  const auto check = [&](const std::string& caller) {
    return ClientAs<v1::AddressesService>(caller).Call(
        &rpc::Methods<v1::AddressesService>::CheckAddress, request, Soon());
  };
  const auto answer = check("gateway");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->verdict(), v1::ADDRESS_VERDICT_UNDELIVERABLE);
  ASSERT_EQ(answer->advice_size(), 2);
  EXPECT_EQ(answer->advice(0).field(), "user_address_line1");
  EXPECT_EQ(answer->advice(0).code(), "undeliverable");
  EXPECT_EQ(answer->advice(1).field(), "user_zip");
  EXPECT_EQ(answer->suggestion().line2(), "Apt 2");
  EXPECT_EQ(checker_.asked.line1, "1 Main St");
  EXPECT_EQ(checker_.asked.zip, "94607");

  checker_.finding = {};
  EXPECT_EQ(check("gateway")->verdict(), v1::ADDRESS_VERDICT_UNKNOWN);
  EXPECT_FALSE(check("gateway")->has_suggestion());
  EXPECT_EQ(check("payment").status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(HandlersTest, PutStoresTheWholeOrderAndWakesTheWorkers) {
  const WantedLetter order = NewOrder();
  const auto response = PutMessages({MessageOf(order), MessageOf(NewOrder(), v1::WANT_CANCEL)});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->states(),
              ElementsAre(common_v1::DELIVERY_STATE_QUEUED, common_v1::DELIVERY_STATE_CANCELLED));
  EXPECT_EQ(wakes_, 1);
  const ClaimedLetter letter = Claim().value();
  EXPECT_EQ(letter.payment_id, order.payment_id);
  EXPECT_EQ(letter.draft_id, order.draft_id);
  EXPECT_EQ(letter.content_sha256, order.content_sha256);
  EXPECT_EQ(letter.appeal_type, "certified");
  EXPECT_EQ(Column(order.payment_id, "intake_id"), order.intake_id);
  EXPECT_EQ(Column(order.payment_id, "paid_at IS NOT NULL"), "t");
}

TEST_F(HandlersTest, PutRefusesAnOrderThatIsNotWhole) {
  const v1::Order good = MessageOf(NewOrder());
  const std::vector<std::pair<std::string, std::function<void(v1::Order&)>>> kFlaws = {
      {"payment_id", [](v1::Order& order) { order.set_payment_id("x'); DROP TABLE"); }},
      {"intake_id", [](v1::Order& order) { order.clear_intake_id(); }},
      {"draft_id", [](v1::Order& order) { order.clear_draft_id(); }},
      {"version", [](v1::Order& order) { order.set_version(0); }},
      {"content_sha256", [](v1::Order& order) { order.set_content_sha256("short"); }},
      {"amount_cents", [](v1::Order& order) { order.set_amount_cents(-1); }},
      {"refunded_cents", [](v1::Order& order) { order.set_refunded_cents(-1); }},
      {"currency", [](v1::Order& order) { order.set_currency("USD"); }},
      {"currency", [](v1::Order& order) { order.set_currency("usdollars"); }},
      {"want", [](v1::Order& order) { order.clear_want(); }},
      {"appeal_type", [](v1::Order& order) { order.clear_appeal_type(); }}};
  for (const auto& [field, spoil] : kFlaws) {
    v1::Order order = good;
    spoil(order);
    const auto response = PutMessages({good, order});
    EXPECT_EQ(response.status().code(), absl::StatusCode::kInvalidArgument) << field;
    EXPECT_EQ(rpc::DetailOf(response.status()).field_violations(0).field(), field);
  }
  EXPECT_EQ(PutMessages(std::vector<v1::Order>(101, good)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(Claim().has_value()) << "a batch is taken whole or not at all";
}

TEST_F(HandlersTest, EachServiceServesItsOwnCallerOnly) {
  EXPECT_EQ(PutMessages({MessageOf(NewOrder())}, "gateway").status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(GetLetter(NewOrder().payment_id, "payment").status().code(),
            absl::StatusCode::kPermissionDenied);
  v1::RetryRequest request;
  const auto retried = ClientAs<v1::FulfillmentAdminService>("intake").Call(
      &rpc::Methods<v1::FulfillmentAdminService>::Retry, request, Soon());
  EXPECT_EQ(retried.status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(HandlersTest, GetLetterAnswersThePrintedBytes) {
  const WantedLetter order = PutNewOrder();
  EXPECT_EQ(Reason(GetLetter(order.payment_id).status()), "letter_not_ready");
  EXPECT_EQ(Reason(GetLetter("not-a-uuid").status()), "letter_not_ready");
  MoveTo("mailed", "%PDF the letter");
  const auto response = GetLetter(order.payment_id);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->pdf(), "%PDF the letter");
  EXPECT_EQ(response->pdf_sha256().size(), 32u);
}

TEST_F(HandlersTest, StatusCountsWaitingOrders) {
  PutNewOrder();
  const auto response = ClientAs<v1::LettersService>("gateway").Call(
      &rpc::Methods<v1::LettersService>::GetStatus, v1::GetStatusRequest(), Soon());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->mail_mode(), "test");
  EXPECT_EQ(response->waiting_orders(), 1);
  EXPECT_TRUE(response->has_oldest_waiting());
}

TEST_F(HandlersTest, APreviewIsRefusedWhileOthersAreRendered) {
  Submission submission;
  submission.set_submitted_on("2026-11-02");
  submission.set_letter_text("I object.");
  submission.add_exhibits()->set_exhibit_id("ex_1");
  std::promise<void> inside, go_on;
  submissions_.exhibit_status = absl::UnavailableError("too late for this test");
  submissions_.during = [&] {
    inside.set_value();
    go_on.get_future().wait();
  };
  auto first = std::async(std::launch::async, [&] { return Preview(submission); });
  inside.get_future().wait();
  const absl::Status second = Preview(submission).status();
  go_on.set_value();
  EXPECT_TRUE(absl::IsUnavailable(first.get().status()));
  EXPECT_EQ(second.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(second), "busy");
  EXPECT_GT(rpc::DetailOf(second).retry_after().seconds(), 0);

  submission.clear_exhibits();
  const auto alone = Preview(submission);
  ASSERT_TRUE(alone.ok()) << alone.status();
  EXPECT_TRUE(alone->pdf().starts_with("%PDF-"));
}

TEST_F(HandlersTest, AWebhookIsTakenAsItCame) {
  const std::string id = PutNewOrder().payment_id;
  v1::HandleLobWebhookRequest request;
  request.set_payload(R"({"id": "evt_1", "event_type": {"id": "letter.created"},
      "date_created": "2026-11-05T17:40:01.123Z", "body": {"id": "ltr_1",
      "metadata": {"generation": "1", "payment_id": ")" +
                      id + R"("}}})");
  request.set_timestamp("1790000000");
  request.set_signature("00");
  const auto take = [&] {
    return ClientAs<v1::LettersService>("gateway").Call(
        &rpc::Methods<v1::LettersService>::HandleLobWebhook, request, Soon());
  };
  EXPECT_EQ(Reason(take().status()), "invalid_signature");
  request.set_signature(
      crypto::HexEncode(crypto::HmacSha256("secret", "1790000000." + request.payload())));
  const auto taken = take();
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->outcome(), v1::LOB_WEBHOOK_OUTCOME_PROCESSED);
  EXPECT_EQ(taken->event_type(), "letter.created");
  EXPECT_EQ(State(id), "mailed");
  const auto status = ClientAs<v1::LettersService>("gateway").Call(
      &rpc::Methods<v1::LettersService>::GetStatus, v1::GetStatusRequest(), Soon());
  EXPECT_TRUE(status->has_last_event_age());
  EXPECT_EQ(status->webhook_failures_last_hour(), 1);
}

TEST_F(HandlersTest, ListsAreForOperatorsWithAName) {
  const std::string id = PutNewOrder().payment_id;
  v1::ListRequest request;
  request.set_list(v1::LETTER_LIST_QUEUED);
  using Methods = rpc::Methods<v1::FulfillmentAdminService>;
  EXPECT_EQ(Operators().Call(&Methods::List, request, Soon()).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_actor("ann");
  const auto page = Operators().Call(&Methods::List, request, Soon());
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->letters_size(), 1);
  EXPECT_EQ(page->letters(0).payment_id(), id);
}

TEST_F(HandlersTest, RetryQueuesADeadLetterAndTellsTheTruthOfOthers) {
  const WantedLetter order = PutNewOrder();
  EXPECT_EQ(Retry(order.payment_id)->outcome(), v1::RETRY_OUTCOME_IN_PROGRESS);
  MoveTo("dead_letter");
  const auto retried = Retry(order.payment_id);
  EXPECT_EQ(retried->outcome(), v1::RETRY_OUTCOME_QUEUED);
  EXPECT_EQ(retried->state(), common_v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(wakes_, 1) << "only when there is something to do";
  MoveTo("mailed");
  EXPECT_EQ(Retry(order.payment_id)->outcome(), v1::RETRY_OUTCOME_ALREADY_FULFILLED);
  EXPECT_EQ(Retry(order.payment_id)->state(), common_v1::DELIVERY_STATE_MAILED);
}

TEST_F(HandlersTest, RetryRefusesWhatItCannotRepair) {
  const WantedLetter order = PutNewOrder();
  EXPECT_EQ(Reason(Retry(NewOrder().payment_id).status()), "letter_not_found");
  EXPECT_EQ(Reason(Retry("not-a-uuid").status()), "letter_not_found");
  EXPECT_EQ(Retry(order.payment_id, "").status().code(), absl::StatusCode::kInvalidArgument);
  Put(order, "cancel", 2);
  EXPECT_EQ(Retry(order.payment_id).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(Retry(order.payment_id).status()), "cancelled");
}

TEST_F(HandlersTest, ACancelIsAnOperatorsAndStandsUntilOneTakesItBack) {
  const WantedLetter order = PutNewOrder();
  EXPECT_EQ(Reason(Cancel(NewOrder().payment_id).status()), "letter_not_found");
  EXPECT_EQ(Reason(Cancel("not-a-uuid").status()), "letter_not_found");
  EXPECT_EQ(Cancel(order.payment_id, "").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Cancel(order.payment_id)->state(), common_v1::DELIVERY_STATE_CANCELLED);
  EXPECT_EQ(Cancel(order.payment_id)->state(), common_v1::DELIVERY_STATE_CANCELLED);
  EXPECT_EQ(Reason(Retry(order.payment_id).status()), "cancelled_by_operator");
  const auto taken_back = Retry(order.payment_id, "ann", /*undo_cancel=*/true);
  EXPECT_EQ(taken_back->outcome(), v1::RETRY_OUTCOME_QUEUED);
  EXPECT_EQ(taken_back->state(), common_v1::DELIVERY_STATE_QUEUED);
  MoveTo("mailed");
  EXPECT_EQ(Cancel(order.payment_id)->state(), common_v1::DELIVERY_STATE_CANCELLING);
  EXPECT_EQ(Retry(order.payment_id)->outcome(), v1::RETRY_OUTCOME_IN_PROGRESS);
  Put(order, "cancel", 2);
  EXPECT_EQ(Retry(order.payment_id, "ann", true)->outcome(), v1::RETRY_OUTCOME_IN_PROGRESS);
}

TEST_F(HandlersTest, ACancelThatComesTooLateSaysSo) {
  const WantedLetter order = PutNewOrder();
  MoveTo("mailed");
  Sql("UPDATE fulfillment.letters SET want = 'cancel'");
  EXPECT_EQ(Reason(Cancel(order.payment_id).status()), "too_late_to_cancel");
}

TEST_F(HandlersTest, ANewGenerationIsForLettersThatFailedOrAreProvenAbsent) {
  const WantedLetter order = PutNewOrder();
  EXPECT_EQ(Reason(SendAnew(NewOrder().payment_id).status()), "letter_not_found");
  EXPECT_EQ(Reason(SendAnew(order.payment_id, true).status()), "no_new_generation");
  MoveTo("outcome_unknown");
  EXPECT_EQ(Reason(SendAnew(order.payment_id).status()), "not_proven");
  EXPECT_EQ(wakes_, 0);
  EXPECT_EQ(SendAnew(order.payment_id, true)->state(), common_v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(Column(order.payment_id, "generation"), "2");
}

TEST_F(HandlersTest, MailingPausesAndResumes) {
  using Methods = rpc::Methods<v1::FulfillmentAdminService>;
  v1::PauseRequest pause;
  EXPECT_EQ(Operators().Call(&Methods::Pause, pause, Soon()).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "who does it?";
  pause.set_actor("ann");
  ASSERT_TRUE(Operators().Call(&Methods::Pause, pause, Soon()).ok());
  const auto status = ClientAs<v1::LettersService>("gateway").Call(
      &rpc::Methods<v1::LettersService>::GetStatus, v1::GetStatusRequest(), Soon());
  EXPECT_THAT(status->pauses(), ElementsAre("operator"));
  v1::ResumeRequest resume;
  resume.set_actor("bob");
  EXPECT_THAT(Operators().Call(&Methods::Resume, resume, Soon())->causes(),
              ElementsAre("operator"));
  EXPECT_EQ(wakes_, 1);
}

}  // namespace
}  // namespace fsft::fulfillment
