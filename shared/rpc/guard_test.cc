#include "shared/rpc/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

#include "absl/synchronization/notification.h"
#include "shared/logging/logging.h"
#include "shared/rpc/status.h"
#include "shared/rpc/test_suite.h"

namespace fsft::rpc {
namespace {

using intake_v1::OrdersService;
using intake_v1::PutRequest;
using intake_v1::PutResponse;
using testing::HasSubstr;
using testing::Not;

class GuardTest : public RpcTest {
 protected:
  // A call made by hand, for what Client never does.
  grpc::Status PutRaw(grpc::ClientContext& context) {
    PutResponse response;
    return OrdersService::NewStub(ChannelsAs("payment")->all().front())
        ->Put(&context, PutRequest(), &response);
  }

  static void SetPatience(grpc::ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
  }
};

TEST_F(GuardTest, LetsAnAllowedCallerIn) {
  StartServer();
  std::string peer;
  orders_->work = [&](const CallContext& call, const PutRequest&) {
    peer = call.peer_name;
    return absl::OkStatus();
  };
  EXPECT_TRUE(Put(ClientAs("payment")).ok());
  EXPECT_EQ(peer, "payment");
}

TEST_F(GuardTest, RefusesACallerThatIsNotOnTheList) {
  StartServer();
  bool ran = false;
  orders_->work = [&](const CallContext&, const PutRequest&) {
    ran = true;
    return absl::OkStatus();
  };
  const absl::Status status = Put(ClientAs("fulfillment"));
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(DetailOf(status).reason(), "caller_not_allowed");
  EXPECT_FALSE(ran);
}

TEST_F(GuardTest, TakesTheNameFromTheDnsNamesOnly) {
  StartServer();
  // The subject of this one's certificate reads "payment"; the name it is issued for does not.
  authority_.Issue(Directory("impostor"), "impostor", nullptr, "payment");
  EXPECT_EQ(Put(ClientAs("impostor")).code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(GuardTest, RefusesACallWithoutADeadline) {
  StartServer();
  grpc::ClientContext context;
  const absl::Status status = FromGrpc(PutRaw(context));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailOf(status).reason(), "deadline_required");
}

TEST_F(GuardTest, HandsTheCallersDeadlineToTheHandler) {
  StartServer();
  std::chrono::nanoseconds left{0};
  orders_->work = [&](const CallContext& call, const PutRequest&) {
    left = Remaining(call.deadline);
    return absl::OkStatus();
  };
  EXPECT_TRUE(Put(ClientAs("payment"), {}, In(std::chrono::hours(1))).ok());
  EXPECT_LT(left, std::chrono::hours(1));
  EXPECT_GT(left, std::chrono::minutes(59));
}

TEST_F(GuardTest, ErrorsKeepTheirDetailOnTheWay) {
  StartServer();
  orders_->work = [](const CallContext&, const PutRequest&) {
    return WithIds(Error(absl::StatusCode::kAlreadyExists, "already_paid", "It is paid."),
                   {{"payment_id", "p-1"}});
  };
  const absl::Status status = Put(ClientAs("payment"));
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(status.message(), "It is paid.");
  EXPECT_EQ(DetailOf(status).reason(), "already_paid");
  EXPECT_EQ(DetailOf(status).ids().at("payment_id"), "p-1");
}

TEST_F(GuardTest, AFormWithAHundredWrongFieldsComesBackWhole) {
  StartServer();
  orders_->work = [](const CallContext&, const PutRequest&) {
    const std::vector<FieldViolation> violations(
        100, Violation("user_address_line1", "too_long", "At most 64 characters fit on a line."));
    return WithViolations(Error(absl::StatusCode::kInvalidArgument, "invalid"), violations);
  };
  const absl::Status status = Put(ClientAs("payment"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailOf(status).field_violations_size(), 100);
}

TEST_F(GuardTest, AnExceptionIsInternalAndItsTextStaysInTheLog) {
  StartServer();
  orders_->work = [](const CallContext&, const PutRequest&) -> absl::Status {
    throw std::runtime_error("no such column: secret_column");
  };
  testing::internal::CaptureStderr();
  const absl::Status status = Put(ClientAs("payment"));
  server_->Shutdown(In(kPatience));
  const std::string log = testing::internal::GetCapturedStderr();

  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(status.ToString(), Not(HasSubstr("secret_column")));
  EXPECT_THAT(log, HasSubstr("secret_column"));
}

TEST_F(GuardTest, SurvivesAnExceptionOfAnyType) {
  StartServer();
  orders_->work = [](const CallContext&, const PutRequest&) -> absl::Status { throw 42; };
  EXPECT_EQ(Put(ClientAs("payment")).code(), absl::StatusCode::kInternal);
  orders_->work = [](const CallContext&, const PutRequest&) { return absl::OkStatus(); };
  EXPECT_TRUE(Put(ClientAs("payment")).ok());
}

TEST_F(GuardTest, AFullGateAnswersAtOnceAndSaysWhenToComeBack) {
  limits_.database = 1;
  StartServer();
  absl::Notification inside, leave;
  orders_->work = [&](const CallContext&, const PutRequest&) {
    if (!inside.HasBeenNotified()) {
      inside.Notify();
      leave.WaitForNotification();
    }
    return absl::OkStatus();
  };
  const OrdersClient client = ClientAs("payment");
  std::future<absl::Status> first = std::async(std::launch::async, [&] { return Put(client); });
  inside.WaitForNotification();

  const absl::Status second = Put(client);
  EXPECT_EQ(second.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(DetailOf(second).reason(), "busy");
  EXPECT_EQ(DetailOf(second).retry_after().seconds(), 1);

  leave.Notify();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(Put(client).ok());
}

TEST_F(GuardTest, CarriesTheRequestIdAndTheTraceAcross) {
  StartServer();
  logging::Context seen;
  orders_->work = [&](const CallContext&, const PutRequest&) {
    seen = logging::Current();
    return absl::OkStatus();
  };
  const logging::Context sent{"request-7", logging::ContinueTraceparent("")};
  const logging::ScopedContext scope(sent);
  ASSERT_TRUE(Put(ClientAs("payment")).ok());
  EXPECT_EQ(seen.request_id, "request-7");
  EXPECT_EQ(logging::TraceId(seen.traceparent), logging::TraceId(sent.traceparent));
  EXPECT_NE(seen.traceparent, sent.traceparent) << "the server's work is a span of its own";
}

TEST_F(GuardTest, GivesARequestIdToACallThatBringsNone) {
  StartServer();
  logging::Context seen;
  orders_->work = [&](const CallContext&, const PutRequest&) {
    seen = logging::Current();
    return absl::OkStatus();
  };
  ASSERT_TRUE(Put(ClientAs("payment")).ok());
  EXPECT_TRUE(logging::IsRequestId(seen.request_id));
  EXPECT_FALSE(logging::TraceId(seen.traceparent).empty());
}

TEST_F(GuardTest, DoesNotTakeOverARequestIdThatIsNone) {
  StartServer();
  logging::Context seen;
  orders_->work = [&](const CallContext&, const PutRequest&) {
    seen = logging::Current();
    return absl::OkStatus();
  };
  grpc::ClientContext context;
  SetPatience(context);
  context.AddMetadata("x-request-id", "a \"quoted\" sentence");
  ASSERT_TRUE(PutRaw(context).ok());
  EXPECT_TRUE(logging::IsRequestId(seen.request_id));
}

TEST_F(GuardTest, CarriesTheOrderThatACallIsMadeForAcross) {
  StartServer();
  logging::Context seen;
  orders_->work = [&](const CallContext&, const PutRequest&) {
    seen = logging::Current();
    return absl::OkStatus();
  };
  const std::string payment_id = "0193a000-0000-7000-8000-000000000001";
  const logging::ScopedContext scope(logging::ForOrder(payment_id));
  ASSERT_TRUE(Put(ClientAs("payment")).ok());
  EXPECT_EQ(seen.payment_id, payment_id);
  logging::SetPaymentId("somebody's name");
  ASSERT_TRUE(Put(ClientAs("payment")).ok());
  EXPECT_EQ(seen.payment_id, "") << "no id is no order";
}

TEST_F(GuardTest, TellsOfRoutineThatGoesWellOnlyWhenDebugging) {
  logging::Init("test", logging::Level::kInfo);
  StartServer();
  absl::Status answer;
  orders_->work = [&](const CallContext&, const PutRequest&) {
    logging::BeRoutine();
    return answer;
  };
  const auto lines_of_a_call = [&] {
    testing::internal::CaptureStderr();
    (void)Put(ClientAs("payment"));
    // The line is written before the answer is sent.
    const std::string lines = testing::internal::GetCapturedStderr();
    return lines.find("\"rpc\"") != std::string::npos;
  };
  EXPECT_FALSE(lines_of_a_call());
  logging::Init("test", logging::Level::kDebug);
  EXPECT_TRUE(lines_of_a_call());
  logging::Init("test", logging::Level::kInfo);
  answer = absl::InternalError("broken");
  EXPECT_TRUE(lines_of_a_call());
}

TEST_F(GuardTest, CountsEveryAnswerByMethodAndCode) {
  StartServer();
  ASSERT_TRUE(Put(ClientAs("payment")).ok());
  ASSERT_FALSE(Put(ClientAs("fulfillment")).ok());
  const std::string metrics = metrics_.Serialize();
  const std::string method = "method=\"fightsftickets.intake.v1.OrdersService/Put\"";
  EXPECT_THAT(metrics, HasSubstr("rpc_server_requests_total{code=\"OK\"," + method + "} 1"));
  EXPECT_THAT(metrics,
              HasSubstr("rpc_server_requests_total{code=\"PERMISSION_DENIED\"," + method + "} 1"));
  EXPECT_THAT(metrics, HasSubstr("rpc_server_duration_seconds_count{" + method + "} 2"));
}

}  // namespace
}  // namespace fsft::rpc
