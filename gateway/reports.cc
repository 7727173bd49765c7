// What operators read of payments and letters: lists, trails and numbers.
#include <algorithm>
#include <charconv>
#include <functional>
#include <initializer_list>
#include <utility>
#include <vector>

#include "fightsftickets/common/v1/audit.pb.h"
#include "gateway/handlers.h"
#include "gateway/json_response.h"
#include "gateway/letter_json.h"
#include "gateway/order_json.h"
#include "gateway/refund_json.h"
#include "gateway/words.h"
#include "shared/logging/context.h"
#include "shared/rpc/status.h"
#include "shared/time/clock.h"
#include "shared/words/proto_time.h"
#include "shared/words/words.h"

namespace fsft::gateway {
namespace {

using fightsftickets::common::v1::AuditEntry;
using nlohmann::ordered_json;

// What the services take for no limit at all.
constexpr size_t kDefaultActivity = 50;

ordered_json ListedJson(const payment::ListedPayment& listed) {
  ordered_json json = OrderJson(listed.order());
  json["intake_id"] = listed.order().intake_id();
  json["session_id"] = TextOrNull(listed.order().session_id());
  json["delivery_state"] = DeliveryStateName(listed.order().delivery_state());
  json["dispute"] = listed.dispute();
  json["held"] = listed.held();
  json["refunds"] = ordered_json::array();
  for (const payment::Refund& refund : listed.refunds()) {
    json["refunds"].push_back(RefundJson(refund));
  }
  return json;
}

// Of either service's.
ordered_json EntryJson(const AuditEntry& entry) {
  return {{"at", TimeOrNull(entry.has_at(), entry.at())},
          {"actor", entry.actor()},
          {"action", entry.action()},
          {"from_state", TextOrNull(entry.from_state())},
          {"to_state", entry.to_state()},
          {"reason", TextOrNull(entry.reason())},
          {"version", entry.version()}};
}

ordered_json TrailJson(const google::protobuf::RepeatedPtrField<AuditEntry>& entries) {
  ordered_json trail = ordered_json::array();
  for (const AuditEntry& entry : entries) trail.push_back(EntryJson(entry));
  return trail;
}

// What happened at a moment.
struct Happening {
  time::TimePoint at;
  ordered_json json;
};

template <class Entries>
void AddHappenings(const Entries& entries, const char* of, std::vector<Happening>& all) {
  for (const auto& entry : entries) {
    ordered_json json = {{"payment_id", entry.payment_id()}, {"of", of}};
    json.update(EntryJson(entry));
    all.push_back({words::FromProto(entry.at()), std::move(json)});
  }
}

// How many are in each state; all states are named.
template <class Counts>
ordered_json StatesJson(const Counts& counts, std::initializer_list<const char*> states) {
  ordered_json json = ordered_json::object();
  for (const char* state : states) {
    const auto found = counts.find(state);
    json[state] = found == counts.end() ? 0 : found->second;
  }
  return json;
}

ordered_json LetterStatsJson(const fulfillment::GetStatsResponse& stats) {
  return {{"letters_of_30_days",
           StatesJson(stats.letters(), {"queued", "sending", "mailed", "in_transit", "delivered",
                                        "returned", "outcome_unknown", "dead_letter",
                                        "failed_at_printer", "cancelling", "cancelled"})},
          {"stuck", stats.stuck()},
          {"waiting", stats.waiting()},
          {"outcome_unknown", stats.outcome_unknown()},
          {"dead_letter", stats.dead_letter()},
          {"failed_at_printer", stats.failed_at_printer()},
          {"unmatched_events", stats.unmatched_events()}};
}

ordered_json DayJson(const payment::FunnelDay& day) {
  return {{"day", day.day()},
          {"appeal_type", AppealTypeName(day.appeal_type())},
          {"checkouts", day.checkouts()},
          {"paid", day.paid()},
          {"mailed", day.mailed()},
          {"revenue_cents", day.revenue_cents()},
          {"refunded_cents", day.refunded_cents()},
          {"disputed", day.disputed()},
          {"median_seconds_to_mailed", day.median_seconds_to_mailed()},
          {"p95_seconds_to_mailed", day.p95_seconds_to_mailed()}};
}

// ?limit= as a number; payment knows what it may be.
absl::StatusOr<int> LimitOf(const Call& call) {
  const std::string_view text = call.request.Parameter("limit");
  if (text.empty()) return 0;
  int limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error == std::errc() && end == text.data() + text.size() && limit > 0) return limit;
  return rpc::InvalidFields({rpc::Violation("limit", "out_of_range", "Must be 1 to 100.")});
}

}  // namespace

// ?list=review|refunding|refund_failed|refunded_after_mailing|held|disputed|all, ?limit=, ?cursor=.
absl::StatusOr<http::Response> ListPayments(const Services& services, const Call& call) {
  const std::string_view list = call.request.Parameter("list");
  payment::ListRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_list(list.empty() ? payment::PAYMENT_LIST_ALL
                                : words::EnumOf<payment::PaymentList>(list));
  const absl::StatusOr<int> limit = LimitOf(call);
  if (!limit.ok()) return limit.status();
  request.set_limit(*limit);
  request.set_cursor(std::string(call.request.Parameter("cursor")));
  const auto page = services.backend.ListPayments(request, call.deadline);
  if (!page.ok()) return page.status();
  ordered_json payments = ordered_json::array();
  for (const payment::ListedPayment& listed : page->payments()) {
    payments.push_back(ListedJson(listed));
  }
  return JsonResponse({{"payments", payments}, {"next_cursor", TextOrNull(page->next_cursor())}});
}

// ?list=stuck|waiting, or a state, ?limit=, ?cursor=.
absl::StatusOr<http::Response> ListLetters(const Services& services, const Call& call) {
  const std::string_view list = call.request.Parameter("list");
  fulfillment::ListRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_list(list.empty() ? fulfillment::LETTER_LIST_STUCK
                                : words::EnumOf<fulfillment::LetterList>(list));
  const absl::StatusOr<int> limit = LimitOf(call);
  if (!limit.ok()) return limit.status();
  request.set_limit(*limit);
  request.set_cursor(std::string(call.request.Parameter("cursor")));
  const auto page = services.backend.ListLetters(request, call.deadline);
  if (!page.ok()) return page.status();
  ordered_json letters = ordered_json::array();
  for (const fulfillment::ListedLetter& listed : page->letters()) {
    letters.push_back(LetterJson(listed));
  }
  return JsonResponse(
      {{"fulfillments", letters}, {"next_cursor", TextOrNull(page->next_cursor())}});
}

// ?limit=. Of payments and of letters, newest first.
absl::StatusOr<http::Response> ListActivity(const Services& services, const Call& call) {
  const absl::StatusOr<int> limit = LimitOf(call);
  if (!limit.ok()) return limit.status();
  payment::ListActivityRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_limit(*limit);
  const auto payments = services.backend.ListPaymentActivity(request, call.deadline);
  if (!payments.ok()) return payments.status();
  fulfillment::ListActivityRequest of_letters;
  of_letters.set_actor(request.actor());
  of_letters.set_limit(*limit);
  const auto letters = services.backend.ListLetterActivity(of_letters, call.deadline);
  if (!letters.ok()) return letters.status();

  std::vector<Happening> all;
  AddHappenings(payments->entries(), "payment", all);
  AddHappenings(letters->entries(), "letter", all);
  std::ranges::stable_sort(all, std::ranges::greater(), &Happening::at);
  // Both answered as many as were asked for, so the newest of all are among them.
  if (const size_t wanted = *limit > 0 ? *limit : kDefaultActivity; all.size() > wanted) {
    all.resize(wanted);
  }
  ordered_json activity = ordered_json::array();
  for (Happening& one : all) activity.push_back(std::move(one.json));
  return JsonResponse({{"activity", activity}});
}

absl::StatusOr<http::Response> GetAuditTrail(const Services& services, const Call& call) {
  payment::GetAuditTrailRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_payment_id(std::string(call.parameter));
  const auto trail = services.backend.GetPaymentTrail(request, call.deadline);
  if (!trail.ok()) return trail.status();
  logging::SetPaymentId(call.parameter);
  fulfillment::GetAuditTrailRequest of_letter;
  of_letter.set_actor(request.actor());
  of_letter.set_payment_id(request.payment_id());
  const auto letter = services.backend.GetLetterTrail(of_letter, call.deadline);
  // Fulfillment hears of an order when it is paid.
  if (!letter.ok() && !absl::IsNotFound(letter.status())) return letter.status();
  return JsonResponse(
      {{"payment_id", std::string(call.parameter)},
       {"payment", TrailJson(trail->entries())},
       {"letter", letter.ok() ? TrailJson(letter->entries()) : ordered_json::array()}});
}

absl::StatusOr<http::Response> GetStats(const Services& services, const Call& call) {
  payment::GetStatsRequest request;
  request.set_actor(std::string(call.operator_name));
  const auto stats = services.backend.GetPaymentStats(request, call.deadline);
  if (!stats.ok()) return stats.status();
  fulfillment::GetStatsRequest of_letters;
  of_letters.set_actor(request.actor());
  const auto letters = services.backend.GetLetterStats(of_letters, call.deadline);
  if (!letters.ok()) return letters.status();
  return JsonResponse(
      {{"payments_of_30_days", StatesJson(stats->payments(), {"pending", "paid", "expired",
                                                              "failed", "review", "refunded"})},
       {"review", stats->review()},
       {"held", stats->held()},
       {"refunds_under_way", stats->refunds_under_way()},
       {"refunds_failed", stats->refunds_failed()},
       {"refunded_after_mailing", stats->refunded_after_mailing()},
       {"disputes_open", stats->disputes_open()},
       {"unmatched_events", stats->unmatched_events()},
       {"paid_and_unmailed", stats->paid_and_unmailed()},
       {"oldest_paid_and_unmailed_seconds", stats->oldest_paid_and_unmailed_seconds()},
       {"fulfillment", LetterStatsJson(*letters)}});
}

// ?from=&to=, days of UTC, both included.
absl::StatusOr<http::Response> GetFunnel(const Services& services, const Call& call) {
  payment::GetFunnelRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_from(std::string(call.request.Parameter("from")));
  request.set_to(std::string(call.request.Parameter("to")));
  const auto funnel = services.backend.GetFunnel(request, call.deadline);
  if (!funnel.ok()) return funnel.status();
  ordered_json days = ordered_json::array();
  for (const payment::FunnelDay& day : funnel->days()) days.push_back(DayJson(day));
  return JsonResponse({{"days", days}});
}

}  // namespace fsft::gateway
