#include "services/fulfillment/lob/lob_event.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "services/fulfillment/lob/lob_letter.h"
#include "shared/rpc/status.h"

namespace fsft::fulfillment {
namespace {

using Json = nlohmann::json;

constexpr char kPayment[] = "0193a000-0000-7000-8000-000000000001";

Json Letter() {
  return {{"id", "ltr_1"},
          {"object", "letter"},
          {"metadata", {{"payment_id", kPayment}, {"generation", "2"}}},
          {"to", {{"name", "SOMEBODY"}, {"address_line1", "1 MAIN STREET"}}},
          {"status", "processed"},
          {"tracking_number", "9407"},
          {"expected_delivery_date", "2026-11-09T00:00:00.000Z"},
          {"tracking_events",
           {{{"name", "Mailed"}, {"time", "2026-11-02T08:00:00.000Z"}},
            {{"name", "In Transit"}, {"time", "2026-11-03T08:00:00.000Z"}},
            {{"name", "In Local Area"}, {"time", "2026-11-04T08:00:00.000Z"}}}}};
}

Json Event(const std::string& type, const Json& body = Letter()) {
  return {{"id", "evt_1"},
          {"object", "event"},
          {"body", body},
          {"reference_id", "ltr_1"},
          {"event_type", {{"id", type}, {"resource", "letters"}, {"enabled_for_test", false}}},
          {"date_created", "2026-11-05T17:40:01.123Z"}};
}

time::TimePoint At(const char* text) { return *time::ParseRfc3339(text); }

TEST(LobEvent, TakesIdsNumbersAndDates) {
  const auto event = ParseLobEvent(Event("letter.delivered").dump());
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->id, "evt_1");
  EXPECT_EQ(event->type, "letter.delivered");
  EXPECT_EQ(event->created, At("2026-11-05T17:40:01.123Z"));
  EXPECT_EQ(event->news.news, "delivered");
  EXPECT_EQ(event->news.at, event->created) << "its scan is not shown";
  EXPECT_EQ(event->news.letter_id, "ltr_1");
  EXPECT_EQ(event->news.payment_id, kPayment);
  EXPECT_EQ(event->news.generation, 2);
  EXPECT_EQ(event->news.tracking_number, "9407");
  EXPECT_EQ(event->news.expected_delivery, "2026-11-09");
}

TEST(LobEvent, HappenedWhenTheMailSawTheLetter) {
  EXPECT_EQ(ParseLobEvent(Event("letter.certified.in_local_area").dump())->news.at,
            At("2026-11-04T08:00:00Z"));
}

TEST(LobEvent, OfADeletedLetterHasItsIdOnly) {
  const auto event =
      ParseLobEvent(Event("letter.deleted", {{"id", "ltr_1"}, {"deleted", true}}).dump());
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->news.news, "deleted");
  EXPECT_EQ(event->news.letter_id, "ltr_1");
  EXPECT_EQ(event->news.payment_id, "");
}

TEST(LobEvent, WithoutALetterMovesNone) {
  Json event = Event("letter.delivered", Json::object());
  EXPECT_EQ(ParseLobEvent(event.dump())->news.letter_id, "ltr_1") << "it is named beside the body";
  event.erase("reference_id");
  EXPECT_EQ(ParseLobEvent(event.dump())->news.news, "");
}

TEST(LobEvent, OfAnotherSenderIsOfNoPayment) {
  Json letter = Letter();
  letter["metadata"]["payment_id"] = "order 17";
  EXPECT_EQ(ParseLobEvent(Event("letter.created", letter).dump())->news.payment_id, "");
  letter["metadata"] = nullptr;
  EXPECT_EQ(ParseLobEvent(Event("letter.created", letter).dump())->news.payment_id, "");
}

TEST(LobEvent, ThatLacksWhatEveryEventHasIsMalformed) {
  std::vector<std::string> bodies = {"", "[]", "{}", "{\"id\": \"evt_1\"", "null"};
  for (const char* field : {"id", "body", "event_type", "date_created"}) {
    Json event = Event("letter.created");
    event.erase(field);
    bodies.push_back(event.dump());
    event[field] = 7;
    bodies.push_back(event.dump());
  }
  for (const std::string& body : bodies) {
    EXPECT_EQ(rpc::DetailOf(ParseLobEvent(body).status()).reason(), "malformed_event") << body;
  }
}

TEST(LobEvent, EveryTypeHasItsNews) {
  const std::pair<const char*, const char*> types[] = {
      {"letter.created", "accepted"},
      {"letter.rendered_pdf", "accepted"},
      {"letter.rendered_thumbnails", "accepted"},
      {"letter.mailed", "accepted"},
      {"letter.in_transit", "moving"},
      {"letter.in_local_area", "moving"},
      {"letter.processed_for_delivery", "moving"},
      {"letter.re-routed", "moving"},
      {"letter.international_exit", "moving"},
      {"letter.returned_to_sender", "returned"},
      {"letter.delivered", "delivered"},
      {"letter.failed", "failed"},
      {"letter.rejected", "failed"},
      {"letter.deleted", "deleted"},
      {"letter.certified.mailed", "accepted"},
      {"letter.certified.in_transit", "moving"},
      {"letter.certified.in_local_area", "moving"},
      {"letter.certified.processed_for_delivery", "moving"},
      {"letter.certified.re-routed", "moving"},
      {"letter.certified.pickup_available", "moving"},
      {"letter.certified.issue", "moving"},
      {"letter.certified.returned_to_sender", "returned"},
      {"letter.certified.delivered", "delivered"},
      {"letter.viewed", ""},
      {"letter.return_envelope.delivered", ""},
      {"letter.informed_delivery.email_sent", ""},
      {"postcard.delivered", ""},
      {"letter.", ""},
      {"delivered", ""}};
  for (const auto& [type, news] : types) EXPECT_EQ(NewsOfEvent(type), news) << type;
}

TEST(LobLetter, ShowsWhatTheMailHasSeen) {
  Json letter = Letter();
  letter["tracking_events"].push_back(
      {{"name", "Delivered"}, {"time", "2026-11-05T08:00:00.000Z"}});
  letter["tracking_events"].push_back({{"name", "Eaten"}, {"time", "2026-11-06T08:00:00.000Z"}});
  letter["tracking_events"].push_back({{"name", "Delivered"}, {"time", "soon"}});
  letter["tracking_events"].push_back("Delivered");
  const PrintedLetter printed = ReadLobLetter(letter);
  std::string seen;
  for (const Scan& scan : printed.scans) seen += scan.news + " ";
  EXPECT_EQ(seen, "accepted moving moving delivered ");
  EXPECT_EQ(printed.scans.back().at, At("2026-11-05T08:00:00Z"));
}

}  // namespace
}  // namespace fsft::fulfillment
