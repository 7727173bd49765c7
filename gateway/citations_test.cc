#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;

constexpr char kValidate[] = "/api/citations/validate";
constexpr char kGenerate[] = "/api/drafts/generate";

using CitationsTest = GatewayTest;

intake::ValidateCitationResponse Verdict() {
  intake::ValidateCitationResponse verdict;
  verdict.set_is_valid(true);
  verdict.set_citation_number("912345678");
  verdict.set_formatted_citation("912-345-678");
  intake::CitationMatch& match = *verdict.add_matches();
  match.set_city_id("us-ca-san_francisco");
  match.set_section_id("sfmta");
  match.set_agency("SFMTA");
  match.set_is_served(true);
  verdict.set_appeal_days(21);
  verdict.mutable_deadline()->set_date("2026-11-23");
  verdict.mutable_deadline()->set_days_remaining(1);
  verdict.mutable_deadline()->set_is_urgent(true);
  return verdict;
}

TEST_F(CitationsTest, ANumberOfOneAuthorityIsAnsweredWhole) {
  backend_.validate_citation.answer = Verdict();
  const http::Response response = PostJson(kValidate, {{"citation_number", "912345678"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response), (json{{"is_valid", true},
                                  {"ambiguous", false},
                                  {"city_mismatch", false},
                                  {"error_message", nullptr},
                                  {"matches",
                                   {{{"city_id", "us-ca-san_francisco"},
                                     {"section_id", "sfmta"},
                                     {"agency", "SFMTA"},
                                     {"verified", false},
                                     {"served", true}}}},
                                  {"citation_number", "912345678"},
                                  {"formatted_citation", "912-345-678"},
                                  {"city_id", "us-ca-san_francisco"},
                                  {"section_id", "sfmta"},
                                  {"agency", "SFMTA"},
                                  {"appeal_deadline_days", 21},
                                  {"deadline_date", "2026-11-23"},
                                  {"days_remaining", 1},
                                  {"is_urgent", true},
                                  {"is_past_deadline", false}}));
}

TEST_F(CitationsTest, WhatSeveralAuthoritiesWouldAnswerDifferentlyIsNull) {
  intake::ValidateCitationResponse verdict = Verdict();
  verdict.set_ambiguous(true);
  *verdict.add_matches() = verdict.matches(0);
  verdict.clear_appeal_days();
  verdict.clear_deadline();
  backend_.validate_citation.answer = verdict;
  const json answer = Json(PostJson(kValidate, {{"citation_number", "912345678"}}));
  EXPECT_EQ(answer["matches"].size(), 2u);
  for (const char* field : {"city_id", "section_id", "agency", "appeal_deadline_days",
                            "deadline_date", "days_remaining", "is_urgent", "is_past_deadline"}) {
    EXPECT_TRUE(answer.at(field).is_null()) << field;
  }
}

TEST_F(CitationsTest, ANumberThatIsNobodysIsAnAnswer) {
  intake::ValidateCitationResponse verdict;
  verdict.set_message("The citation number must have letters and digits only.");
  backend_.validate_citation.answer = verdict;
  const http::Response response = PostJson(kValidate, {{"citation_number", "!!!!!!"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response)["is_valid"], false);
  EXPECT_EQ(Json(response)["error_message"],
            "The citation number must have letters and digits only.");
}

TEST_F(CitationsTest, EveryFieldReachesIntakeUnderEachAddress) {
  backend_.validate_citation.answer = Verdict();
  for (const char* path :
       {kValidate, "/citations/validate", "/api/tickets/validate", "/tickets/validate"}) {
    backend_.validate_citation.request.Clear();
    EXPECT_EQ(PostJson(path, {{"citation_number", "912-345-678"},
                              {"city_id", "us-ca-san_francisco"},
                              {"section_id", "sfmta"},
                              {"violation_date", "2026-11-02"},
                              {"license_plate", "8ABC123"}})
                  .status,
              200);
    const intake::ValidateCitationRequest& sent = backend_.validate_citation.request;
    EXPECT_EQ(sent.citation_number(), "912-345-678") << path;
    EXPECT_EQ(sent.city_id(), "us-ca-san_francisco");
    EXPECT_EQ(sent.section_id(), "sfmta");
    EXPECT_EQ(sent.violation_date(), "2026-11-02");
    EXPECT_EQ(sent.license_plate(), "8ABC123");
  }
}

TEST_F(CitationsTest, AWrongTypeIsNamedAndNothingIsAsked) {
  const http::Response response = PostJson(kValidate, {{"citation_number", 912345678}});
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(Json(response)["errors"][0]["field"], "citation_number");
  EXPECT_EQ(backend_.validate_citation.calls, 0);
}

TEST_F(CitationsTest, TheCitiesAreListedWithTheirSections) {
  intake::ListCitiesResponse list;
  intake::City& city = *list.add_cities();
  city.set_city_id("us-ca-oakland");
  city.set_name("Oakland");
  city.set_state("CA");
  city.set_time_zone("America/Los_Angeles");
  intake::Section& section = *city.add_sections();
  section.set_section_id("parking");
  section.set_agency("Oakland Parking");
  section.set_appeal_days(21);
  section.set_certified_required(true);
  backend_.list_cities.answer = list;
  for (const char* path : {"/api/cities", "/cities"}) {
    const http::Response response = Ask("GET", path);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(Json(response), (json{{"cities",
                                     {{{"city_id", "us-ca-oakland"},
                                       {"name", "Oakland"},
                                       {"state", "CA"},
                                       {"time_zone", "America/Los_Angeles"},
                                       {"is_served", false},
                                       {"sections",
                                        {{{"section_id", "parking"},
                                          {"agency", "Oakland Parking"},
                                          {"appeal_deadline_days", 21},
                                          {"verified", false},
                                          {"certified_required", true},
                                          {"is_served", false}}}}}}}}));
  }
}

TEST_F(CitationsTest, ALetterIsWrittenFromEveryFact) {
  intake::GenerateDraftResponse draft;
  draft.set_letter_text("To Whom It May Concern:\n…");
  backend_.generate_draft.answer = draft;
  const http::Response response = PostJson(kGenerate, {{"citation_number", "912345678"},
                                                       {"city_id", "us-ca-san_francisco"},
                                                       {"section_id", "sfmta"},
                                                       {"violation_date", "2026-11-02"},
                                                       {"license_plate", "8ABC123"},
                                                       {"vehicle_info", "blue Honda"},
                                                       {"user_name", "Ann Driver"},
                                                       {"story", "The meter was broken."}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json(response), (json{{"draft_text", "To Whom It May Concern:\n…"}}));
  const intake::GenerateDraftRequest& sent = backend_.generate_draft.request;
  EXPECT_EQ(sent.citation().number(), "912345678");
  EXPECT_EQ(sent.citation().city_id(), "us-ca-san_francisco");
  EXPECT_EQ(sent.citation().section_id(), "sfmta");
  EXPECT_EQ(sent.citation().violation_date(), "2026-11-02");
  EXPECT_EQ(sent.citation().license_plate(), "8ABC123");
  EXPECT_EQ(sent.citation().vehicle_info(), "blue Honda");
  EXPECT_EQ(sent.user_name(), "Ann Driver");
  EXPECT_EQ(sent.story(), "The meter was broken.");
}

TEST_F(CitationsTest, IntakesRefusalsKeepTheirFields) {
  backend_.generate_draft.answer = rpc::InvalidFields({rpc::Violation("story", "too_long", "x")});
  const http::Response response = PostJson(kGenerate, {{"story", "x"}});
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(Json(response)["errors"][0]["code"], "too_long");
}

}  // namespace
}  // namespace fsft::gateway
