// What may become of a letter on its way to the printer, and after it was taken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <future>

#include "tests/sandbox/testing.h"

namespace fsft::sandbox {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::LetterParts;
using testing::Receiver;
using testing::Reply;
using testing::With;

constexpr const char* kCreate = "lob.letters.create";

Options Sending(const Receiver& receiver, std::set<std::string> types) {
  Options options;
  options.lob = {receiver.url(), "secret", std::move(types)};
  return options;
}

std::string NewLetter(Bench& bench, const std::string& key = "") {
  return bench.Lob("POST", "/letters", LetterParts(), key).body["id"];
}

std::vector<std::string> Listed(Bench& bench) {
  const Reply list = bench.Lob("GET", "/letters");
  std::vector<std::string> ids;
  for (const Json& letter : list.body["data"]) ids.push_back(letter["id"]);
  return ids;
}

void WaitUntilHeld(Bench& bench, int count) {
  const Json held = bench.Control("GET", std::string("/held?operation=") + kCreate + "&at_least=" +
                                             std::to_string(count) + "&timeout_ms=10000");
  EXPECT_EQ(held["held"], count);
}

Json Event(const Receiver::Webhook& webhook) { return Json::parse(webhook.body); }

TEST(LobFate, TakesALetterWhoseSenderHasGivenUp) {
  Bench bench;
  bench.Control("POST", "/knobs", {{"operation", kCreate}, {"hold", true}, {"point", "arrival"}});
  const Json address = {{"name", "Ada Example"},
                        {"address_line1", "1 Main Street"},
                        {"address_city", "Oakland"},
                        {"address_state", "CA"},
                        {"address_zip", "94601"}};
  const Json letter = {{"to", address},    {"from", address},
                       {"color", false},   {"use_type", "operational"},
                       {"file", "<html>"}, {"metadata", {{"payment_id", "payment-1"}}}};
  httplib::Client client(bench.url());
  client.set_basic_auth("test_sandbox", "");
  auto sent = std::async(std::launch::async, [&] {
    return client.Post("/lob/v1/letters", letter.dump(), "application/json");
  });
  WaitUntilHeld(bench, 1);
  client.stop();  // closes the connection
  EXPECT_FALSE(sent.get());
  EXPECT_THAT(Listed(bench), IsEmpty());
  bench.Control("POST", "/release");
  EXPECT_EQ(bench.Control("GET", "/lob/letters?at_least=1&timeout_ms=10000").size(), 1u);
  EXPECT_EQ(Listed(bench).size(), 1u);
}

TEST(LobFate, ForgetsKeysWhenToldTo) {
  Bench bench;
  const std::string first = NewLetter(bench, "key");
  EXPECT_EQ(NewLetter(bench, "key"), first);
  bench.Control("POST", "/lob/forget_keys");
  EXPECT_NE(NewLetter(bench, "key"), first);
}

// Two requests under one key, both in flight: the second is sent while the first is held.
std::vector<int> StatusesOfTwoInFlight(Bench& bench) {
  bench.Control("POST", "/knobs", {{"operation", kCreate}, {"hold", true}, {"point", "arrival"}});
  const auto send = [&] { return bench.Lob("POST", "/letters", LetterParts(), "key").status; };
  auto first = std::async(std::launch::async, send);
  WaitUntilHeld(bench, 1);
  auto second = std::async(std::launch::async, send);
  // Refused at once, or held as well: either way its request has been looked at.
  bench.Control("GET",
                "/lob/requests?form[metadata][payment_id]=payment-1&at_least=2&timeout_ms=10000");
  if (bench.Control("GET", "/lob/behaviour")["parallel_same_key"] == true) {
    WaitUntilHeld(bench, 2);
  } else {
    second.wait();
  }
  bench.Control("POST", "/release");
  return {first.get(), second.get()};
}

TEST(LobFate, RefusesTheSecondOfTwoInFlight) {
  Bench bench;
  EXPECT_THAT(StatusesOfTwoInFlight(bench), ElementsAre(200, 409));
  EXPECT_EQ(Listed(bench).size(), 1u);
}

TEST(LobFate, MakesTwoLettersOfTwoInFlightWhenToldTo) {
  Bench bench;
  bench.Control("POST", "/lob/behaviour", {{"parallel_same_key", true}});
  EXPECT_THAT(StatusesOfTwoInFlight(bench), ElementsAre(200, 200));
  EXPECT_EQ(Listed(bench).size(), 2u);
  NewLetter(bench, "key");
  EXPECT_EQ(Listed(bench).size(), 2u);  // one after the other is still one
}

TEST(LobFate, ListsALetterLate) {
  Bench bench;
  bench.Control("POST", "/lob/behaviour", {{"list_lag_seconds", 60}});
  const std::string id = NewLetter(bench);
  EXPECT_THAT(Listed(bench), IsEmpty());
  EXPECT_EQ(bench.Lob("GET", "/letters/" + id).status, 200);
  bench.Control("POST", "/clock", {{"advance_seconds", 60}});
  EXPECT_THAT(Listed(bench), ElementsAre(id));
}

TEST(LobFate, FailsALetterThatItHasTaken) {
  Receiver receiver;
  Bench bench(Sending(receiver, {"letter.failed"}));
  bench.Control("POST", "/lob/behaviour", {{"fail_next", 1}});
  const Reply taken = bench.Lob("POST", "/letters", LetterParts());
  EXPECT_EQ(taken.status, 200);
  EXPECT_EQ(taken.body["status"], "processed");
  const std::string id = taken.body["id"];
  const Json event = Event(receiver.WaitFor(1)[0]);
  EXPECT_EQ(event["event_type"]["id"], "letter.failed");
  EXPECT_EQ(event["event_type"]["enabled_for_test"], true);
  EXPECT_EQ(event["reference_id"], id);
  EXPECT_EQ(event["body"], bench.Lob("GET", "/letters/" + id).body);
  EXPECT_EQ(event["body"]["status"], "failed");
  EXPECT_TRUE(event["body"]["failure_reason"]["failure_reason"].is_string());

  const std::string next = NewLetter(bench);  // only one was to fail
  EXPECT_EQ(bench.Lob("GET", "/letters/" + next).body["status"], "processed");
  EXPECT_EQ(bench.Control("POST", "/lob/letters/" + next + "/fail")["status"], "failed");
  EXPECT_EQ(Event(receiver.WaitFor(2)[1])["reference_id"], next);
  EXPECT_EQ(bench.Lob("GET", "/letters?status=failed").body["count"], 2);
}

TEST(LobFate, ShowsALetterThatSomebodyElseDeleted) {
  Receiver receiver;
  Bench bench(Sending(receiver, {"letter.deleted"}));
  const std::string id = NewLetter(bench);
  bench.Control("POST", "/clock", {{"advance_seconds", 3600}});
  bench.Control("POST", "/lob/letters/" + id + "/delete");
  EXPECT_EQ(bench.Lob("GET", "/letters/" + id).body["deleted"], true);
  EXPECT_THAT(Listed(bench), ElementsAre(id));
  EXPECT_EQ(Event(receiver.WaitFor(1)[0])["body"], (Json{{"id", id}, {"deleted", true}}));
}

TEST(LobFate, RefusesToCancelWhenToldTo) {
  Bench bench;
  const std::string id = NewLetter(bench);
  bench.Control("POST", "/lob/behaviour", {{"refuse_cancel", true}});
  const Reply refused = bench.Lob("DELETE", "/letters/" + id);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body["error"]["code"], "not_deletable");
  bench.Control("POST", "/lob/behaviour", {{"refuse_cancel", false}});
  EXPECT_EQ(bench.Lob("DELETE", "/letters/" + id).body, (Json{{"id", id}, {"deleted", true}}));
}

TEST(LobFate, RefusesOneParticularLetter) {
  Bench bench;
  bench.Control("POST", "/knobs",
                {{"operation", kCreate},
                 {"where", {{"form", {{"metadata", {{"payment_id", "payment-2"}}}}}}},
                 {"fail_status", 422}});
  EXPECT_EQ(bench.Lob("POST", "/letters", LetterParts()).status, 200);
  const auto other = With(LetterParts(), "metadata[payment_id]", "payment-2");
  EXPECT_EQ(bench.Lob("POST", "/letters", other).status, 422);
  EXPECT_EQ(bench.Lob("POST", "/letters", other).status, 200);
}

TEST(LobFate, RendersALetter) {
  Receiver receiver;
  Bench bench(Sending(receiver, {"letter.rendered_pdf"}));
  const std::string id = NewLetter(bench);
  EXPECT_EQ(bench.Control("POST", "/lob/letters/" + id + "/render")["status"], "rendered");
  EXPECT_EQ(Event(receiver.WaitFor(1)[0])["event_type"]["id"], "letter.rendered_pdf");
}

TEST(LobFate, TracksALetter) {
  Receiver receiver;
  Bench bench(Sending(receiver, {"letter.in_transit", "letter.delivered"}));
  const std::string id = NewLetter(bench);
  const std::string track = "/lob/letters/" + id + "/track";
  for (const char* event : {"mailed", "in_transit", "delivered", "returned_to_sender"}) {
    bench.Control("POST", track, {{"event", event}});
  }
  const Json letter = bench.Lob("GET", "/letters/" + id).body;
  ASSERT_EQ(letter["tracking_events"].size(), 4u);
  EXPECT_EQ(letter["tracking_events"][0]["name"], "Mailed");
  EXPECT_EQ(letter["tracking_events"][0]["location"], nullptr);
  EXPECT_EQ(letter["tracking_events"][2]["type"], "normal");
  EXPECT_EQ(letter["tracking_events"][2]["details"], nullptr);
  EXPECT_EQ(letter["tracking_events"][3]["name"], "Returned to Sender");
  for (const Receiver::Webhook& webhook : receiver.WaitFor(2)) {  // those that it wants
    EXPECT_EQ(Event(webhook)["event_type"]["enabled_for_test"], false);
  }
  EXPECT_TRUE(bench.Control("POST", track, {{"event", "pickup_available"}}).contains("error"));
  EXPECT_TRUE(bench.Control("POST", track, {{"event", "eaten"}}).contains("error"));
}

TEST(LobFate, TracksACertifiedLetterInDetail) {
  Receiver receiver;
  Bench bench(Sending(receiver, {"letter.certified.delivered"}));
  const std::string id =
      bench.Lob("POST", "/letters", With(LetterParts(), "extra_service", "certified")).body["id"];
  bench.Control("POST", "/lob/letters/" + id + "/track", {{"event", "delivered"}});
  const Json body = Event(receiver.WaitFor(1)[0])["body"];
  ASSERT_EQ(body["tracking_events"].size(), 1u);
  EXPECT_EQ(body["tracking_events"][0]["type"], "certified");
  EXPECT_EQ(body["tracking_events"][0]["details"]["event"], "delivered");
}

TEST(LobFate, ATrackingNumberMayComeWithTheFirstScan) {
  Bench bench;
  bench.Control("POST", "/lob/behaviour", {{"late_tracking_numbers", true}});
  const Json taken =
      bench.Lob("POST", "/letters", With(LetterParts(), "extra_service", "certified")).body;
  EXPECT_EQ(taken["tracking_number"], nullptr);
  const std::string id = taken["id"];
  const Json tracked =
      bench.Control("POST", "/lob/letters/" + id + "/track", {{"event", "mailed"}});
  EXPECT_TRUE(tracked["tracking_number"].is_string());
  EXPECT_EQ(bench.Lob("GET", "/letters/" + id).body["tracking_number"], tracked["tracking_number"]);
}

TEST(LobFate, WhatWasToldCanBeDeliveredAgainInAnyOrder) {
  Receiver receiver;
  Bench bench(Sending(receiver, {"letter.in_transit"}));
  const std::string id = NewLetter(bench);
  for (const char* event : {"in_transit", "delivered"})
    bench.Control("POST", "/lob/letters/" + id + "/track", {{"event", event}});
  const Json events = bench.Control("GET", "/lob/events?reference_id=" + id);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0]["type"], "letter.created");
  EXPECT_EQ(events[2]["type"], "letter.delivered") << "also what the endpoint does not want";
  const std::string first = receiver.WaitFor(1)[0].body;
  EXPECT_EQ(events[1]["payload"], first);
  const Json statuses =
      bench.Control("POST", "/lob/deliver",
                    {{"event_ids", {events[2]["id"], events[1]["id"]}}, {"copies", 2}})["statuses"];
  EXPECT_EQ(statuses, (Json{200, 200, 200, 200}));
  EXPECT_EQ(bench.Control("POST", "/lob/deliver", {{"event_id", events[0]["id"]}})["status"], 200);
  EXPECT_EQ(receiver.WaitFor(6)[5].body, events[0]["payload"]);
  EXPECT_TRUE(bench.Control("POST", "/lob/deliver", {{"event_id", "evt_none"}}).contains("error"));
}

TEST(LobFate, OfNoLetterIsAMistake) {
  Bench bench;
  for (const char* change : {"render", "fail", "delete"}) {
    EXPECT_TRUE(
        bench.Control("POST", std::string("/lob/letters/ltr_none/") + change).contains("error"));
  }
  EXPECT_TRUE(bench.Control("POST", "/lob/behaviour", {{"list_lag", 1}}).contains("error"));
  EXPECT_TRUE(bench.Control("POST", "/lob/behaviour", {{"fail_next", "x"}}).contains("error"));
}

}  // namespace
}  // namespace fsft::sandbox
