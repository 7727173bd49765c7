#include "tests/sandbox/stripe/objects.h"

#include "tests/sandbox/random_id.h"

namespace fsft::sandbox::stripe {
namespace {

Json OrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json OrNull(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

// What Checkout has, and this program has not.
Json SessionDefaults() {
  static const Json kDefaults = Json::parse(R"({
    "after_expiration": null, "allow_promotion_codes": null,
    "automatic_tax": {"enabled": false, "liability": null, "provider": null, "status": null},
    "billing_address_collection": null, "client_secret": null, "collected_information": null,
    "consent": null, "consent_collection": null, "currency_conversion": null, "custom_fields": [],
    "custom_text": {"after_submit": null, "shipping_address": null, "submit": null,
                    "terms_of_service_acceptance": null},
    "customer": null, "customer_account": null, "customer_creation": "if_required",
    "customer_details": null, "discounts": [], "integration_identifier": null, "invoice": null,
    "invoice_creation": {"enabled": false, "invoice_data": {
      "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null,
      "issuer": null, "metadata": {}, "rendering_options": null}},
    "livemode": false, "managed_payments": null, "mode": "payment", "object": "checkout.session",
    "origin_context": null, "payment_intent": null, "payment_link": null,
    "payment_method_collection": "if_required", "payment_method_configuration_details": null,
    "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
    "payment_method_types": ["card"], "payment_status": "unpaid", "permissions": null,
    "phone_number_collection": {"enabled": false}, "recovered_from": null,
    "saved_payment_method_options": null, "setup_intent": null,
    "shipping_address_collection": null, "shipping_cost": null, "shipping_options": [],
    "status": "open", "subscription": null,
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    "ui_mode": "hosted_page", "wallet_options": null})");
  return kDefaults;
}

Json IntentDefaults() {
  static const Json kDefaults = Json::parse(R"({
    "allowed_payment_method_types": null, "amount_capturable": 0, "amount_details": {"tip": {}},
    "application": null, "application_fee_amount": null, "automatic_payment_methods": null,
    "canceled_at": null, "cancellation_reason": null, "capture_method": "automatic_async",
    "confirmation_method": "automatic", "customer": null, "customer_account": null,
    "excluded_payment_method_types": null, "last_payment_error": null, "livemode": false,
    "managed_payments": null, "next_action": null, "object": "payment_intent",
    "on_behalf_of": null, "payment_method_configuration_details": null,
    "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
    "payment_method_types": ["card"], "payment_record": null, "processing": null,
    "receipt_email": null, "review": null, "setup_future_usage": null, "shipping": null,
    "source": null, "statement_descriptor": null, "statement_descriptor_suffix": null,
    "status": "succeeded", "transfer_data": null, "transfer_group": null})");
  return kDefaults;
}

Json ChargeDefaults() {
  static const Json kDefaults = Json::parse(R"({
    "amount_refunded": 0, "application": null, "application_fee": null,
    "application_fee_amount": null, "calculated_statement_descriptor": "SANDBOX",
    "captured": true, "customer": null, "disputed": false, "failure_balance_transaction": null,
    "failure_code": null, "failure_message": null, "fraud_details": {}, "livemode": false,
    "object": "charge", "on_behalf_of": null,
    "outcome": {"advice_code": null, "network_advice_code": null, "network_decline_code": null,
                "network_status": "approved_by_network", "reason": null, "risk_level": "normal",
                "risk_score": 11, "seller_message": "Payment complete.", "type": "authorized"},
    "paid": true, "receipt_email": null, "receipt_number": null, "refunded": false,
    "review": null, "shipping": null, "source": null, "source_transfer": null,
    "statement_descriptor": null, "statement_descriptor_suffix": null, "status": "succeeded",
    "transfer_data": null, "transfer_group": null})");
  return kDefaults;
}

}  // namespace

// Field by field: nlohmann's brace lists build everything twice, and benchmarks make thousands of
// sessions a second.
Json NewSession(const SessionSpec& spec, const std::string& public_url, int64_t now) {
  const std::string id = RandomId("cs_test_a1", 56);
  Json session = SessionDefaults();
  session["id"] = id;
  session["url"] = public_url + "/pay/" + id;
  session["adaptive_pricing"]["enabled"] = spec.adaptive_pricing;
  session["amount_subtotal"] = spec.amount_total;
  session["amount_total"] = spec.amount_total;
  session["currency"] = spec.currency;
  session["cancel_url"] = OrNull(spec.cancel_url);
  session["success_url"] = spec.success_url;
  session["client_reference_id"] = OrNull(spec.client_reference_id);
  session["customer_email"] = OrNull(spec.customer_email);
  session["created"] = now;
  session["expires_at"] = spec.expires_at;
  session["locale"] = OrNull(spec.locale);
  session["submit_type"] = OrNull(spec.submit_type);
  session["metadata"] = spec.metadata;
  session["allowed_payment_method_types"] = spec.allowed_payment_method_types.empty()
                                                ? Json(nullptr)
                                                : Json(spec.allowed_payment_method_types);
  if (spec.amount_total == 0) session["payment_status"] = "no_payment_required";
  return session;
}

Json LineItems(const SessionSpec& spec, const std::string& session_id) {
  Json data = Json::array();
  for (const LineItem& item : spec.items) {
    const int64_t total = item.unit_amount * item.quantity;
    const std::string suffix = session_id.substr(10, 22) + std::to_string(data.size());
    data.push_back({{"id", "li_1" + suffix},
                    {"object", "item"},
                    {"amount_discount", 0},
                    {"amount_subtotal", total},
                    {"amount_tax", 0},
                    {"amount_total", total},
                    {"currency", spec.currency},
                    {"description", item.name},
                    {"price",
                     {{"id", "price_1" + suffix},
                      {"object", "price"},
                      {"currency", spec.currency},
                      {"unit_amount", item.unit_amount}}},
                    {"quantity", item.quantity}});
  }
  return {{"object", "list"},
          {"url", "/v1/checkout/sessions/" + session_id + "/line_items"},
          {"has_more", false},
          {"data", std::move(data)}};
}

Json NewPaymentIntent(const Json& session, const SessionSpec& spec, int64_t now) {
  const std::string id = RandomId("pi_3", 23);
  Json intent = IntentDefaults();
  intent.update({{"id", id},
                 {"amount", session["amount_total"]},
                 {"amount_received", session["amount_total"]},
                 {"client_secret", RandomId(id + "_secret_", 25)},
                 {"created", now},
                 {"currency", session["currency"]},
                 {"description", OrNull(spec.intent_description)},
                 {"metadata", spec.intent_metadata},
                 {"payment_method", RandomId("pm_1", 23)}});
  return intent;
}

Json NewCharge(const Json& intent, const Json& customer_details, const std::string& public_url,
               int64_t now) {
  const std::string id = RandomId("ch_3", 23);
  Json charge = ChargeDefaults();
  charge.update({{"id", id},
                 {"amount", intent["amount"]},
                 {"amount_captured", intent["amount"]},
                 {"balance_transaction", RandomId("txn_3", 23)},
                 {"billing_details",
                  {{"address", customer_details["address"]},
                   {"email", customer_details["email"]},
                   {"name", customer_details["name"]},
                   {"phone", customer_details["phone"]},
                   {"tax_id", nullptr}}},
                 {"created", now},
                 {"currency", intent["currency"]},
                 {"customer", intent["customer"]},
                 {"description", intent["description"]},
                 {"metadata", intent["metadata"]},
                 {"payment_intent", intent["id"]},
                 {"payment_method", intent["payment_method"]},
                 {"payment_method_details",
                  {{"type", "card"}, {"card", {{"brand", "visa"}, {"last4", "4242"}}}}},
                 {"receipt_url", public_url + "/receipts/" + id}});
  return charge;
}

Json NewRefund(const Json& charge, int64_t amount, const Json& reason, const Json& metadata,
               int64_t now) {
  return {{"id", RandomId("re_3", 23)},
          {"object", "refund"},
          {"amount", amount},
          {"balance_transaction", RandomId("txn_3", 23)},
          {"charge", charge["id"]},
          {"created", now},
          {"currency", charge["currency"]},
          {"customer", charge["customer"]},
          {"customer_account", nullptr},
          {"destination_details", {{"type", "card"}, {"card", {{"type", "refund"}}}}},
          {"metadata", metadata},
          {"payment_intent", charge["payment_intent"]},
          {"payment_method", charge["payment_method"]},
          {"reason", reason},
          {"receipt_number", nullptr},
          {"source_transfer_reversal", nullptr},
          {"status", "succeeded"},
          {"transfer_reversal", nullptr}};
}

// Evidence and what cards say of disputes are left out: nobody here answers one.
Json NewDispute(const Json& charge, int64_t amount, const std::string& status, int64_t now) {
  return {{"id", RandomId("du_1", 23)},
          {"object", "dispute"},
          {"amount", amount},
          {"balance_transactions", Json::array()},
          {"charge", charge["id"]},
          {"created", now},
          {"currency", charge["currency"]},
          {"enhanced_eligibility_types", Json::array()},
          {"evidence", Json::object()},
          {"evidence_details",
           {{"due_by", now + int64_t{7} * 24 * 3600},
            {"has_evidence", false},
            {"past_due", false},
            {"submission_count", 0}}},
          {"intended_submission_method", nullptr},
          {"is_charge_refundable", status == "warning_needs_response"},
          {"livemode", false},
          {"metadata", Json::object()},
          {"payment_intent", charge["payment_intent"]},
          {"payment_method_details",
           {{"type", "card"},
            {"card",
             {{"brand", "visa"}, {"case_type", "chargeback"}, {"network_reason_code", "10.4"}}}}},
          {"reason", "fraudulent"},
          {"status", status}};
}

Json NewEvent(const std::string& type, const Json& object, int64_t now) {
  return {{"id", RandomId("evt_1", 23)},
          {"object", "event"},
          {"api_version", kApiVersion},
          {"created", now},
          {"data", {{"object", object}}},
          {"livemode", false},
          {"pending_webhooks", 0},
          {"request", {{"id", nullptr}, {"idempotency_key", nullptr}}},
          {"type", type}};
}

Json MadeUpPayer(const std::string& email) {
  return {{"address",
           {{"city", "Petaluma"},
            {"country", "US"},
            {"line1", "77 Sandcastle Crescent"},
            {"line2", "Unit 9"},
            {"postal_code", "94952"},
            {"state", "CA"}}},
          {"business_name", nullptr},
          {"individual_name", nullptr},
          {"email", email.empty() ? "wilhelmina.sandcastle@payer.example" : email},
          {"name", "Wilhelmina Sandcastle"},
          {"phone", "+17075550177"},
          {"tax_exempt", "none"},
          {"tax_ids", Json::array()}};
}

}  // namespace fsft::sandbox::stripe
