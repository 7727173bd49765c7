#include "tests/sandbox/testing.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>

#include "shared/time/clock.h"

namespace fsft::sandbox::testing {
namespace {

Options OnAnyPort(Options options) {
  options.port = 0;
  options.threads = 16;
  return options;
}

}  // namespace

Receiver::Receiver(std::vector<int> statuses)
    : statuses_(std::move(statuses)), server_(std::make_unique<httplib::Server>()) {
  server_->Post("/webhook", [this](const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(mutex_);
    response.status = webhooks_.size() < statuses_.size() ? statuses_[webhooks_.size()] : 200;
    webhooks_.push_back({request.body, request.get_header_value("Stripe-Signature"),
                         request.get_header_value("Lob-Signature"),
                         request.get_header_value("Lob-Signature-Timestamp")});
    arrived_.notify_all();
  });
  port_ = server_->bind_to_any_port("127.0.0.1");
  serving_ = std::thread([this] { server_->listen_after_bind(); });
  server_->wait_until_ready();
}

Receiver::~Receiver() {
  server_->stop();
  serving_.join();
}

std::string Receiver::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/webhook";
}

std::vector<Receiver::Webhook> Receiver::WaitFor(size_t count) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(
      arrived_.wait_for(lock, std::chrono::seconds(10), [&] { return webhooks_.size() >= count; }))
      << webhooks_.size() << " webhooks, not " << count;
  return webhooks_;
}

std::string Reply::Header(std::string_view name) const {
  http::Response response;
  response.headers = headers;
  return std::string(response.Find(name));
}

Bench::Bench(Options options) : sandbox_(OnAnyPort(std::move(options))) {
  const absl::Status status = sandbox_.Start();
  EXPECT_TRUE(status.ok()) << status;
}

http::Request Bench::RequestTo(const std::string& method, const std::string& path) const {
  http::Request request;
  request.method = method;
  request.url = path.starts_with("http://") ? path : url(path);
  return request;
}

http::Response Bench::Send(const http::Request& request) {
  absl::StatusOr<http::Response> response = client_.Send(request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? *std::move(response) : http::Response{};
}

http::Response Bench::Get(const std::string& path, const std::string& authorization) {
  http::Request request = RequestTo("GET", path);
  if (!authorization.empty()) request.headers = {{"Authorization", authorization}};
  return Send(request);
}

http::Response Bench::Post(const std::string& path) { return Send(RequestTo("POST", path)); }

Reply Bench::Ask(const http::Request& request) {
  const http::Response response = Send(request);
  return {response.status, Json::parse(response.body, nullptr, false), response.headers};
}

Reply Bench::Stripe(const std::string& method, const std::string& path, const Fields& form,
                    const std::string& key) {
  http::Request request = RequestTo(method, path);
  request.headers = {{"Authorization", "Bearer sk_test_sandbox"},
                     {"Stripe-Version", "2026-10-28.endive"}};
  if (!key.empty()) request.headers.emplace_back("Idempotency-Key", key);
  if (method == "POST") {
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = http::FormEncode(form);
  }
  return Ask(request);
}

Reply Bench::Lob(const std::string& method, const std::string& path, std::vector<http::Part> parts,
                 const std::string& key) {
  http::Request request = RequestTo(method, "/lob/v1" + path);
  request.headers = {{"Authorization", http::BasicAuthorization("test_sandbox", "")}};
  if (!key.empty()) request.headers.emplace_back("Idempotency-Key", key);
  request.multipart = std::move(parts);
  return Ask(request);
}

Json Bench::Control(const std::string& method, const std::string& path, const Json& body) {
  http::Request request = RequestTo(method, "/sandbox" + path);
  if (!body.is_null()) request.body = body.dump();
  return Ask(request).body;
}

std::string Bench::NewSession() {
  const Reply reply = Stripe("POST", "/v1/checkout/sessions", SessionForm());
  EXPECT_EQ(reply.status, 200) << reply.body.dump(2);
  return reply.body["id"];
}

Fields SessionForm() {
  const int64_t expires = time::UnixSeconds(time::SystemClock().Now() + std::chrono::hours(23));
  return {{"mode", "payment"},
          {"allowed_payment_method_types[0]", "card"},
          {"adaptive_pricing[enabled]", "false"},
          {"line_items[0][quantity]", "1"},
          {"line_items[0][price_data][currency]", "usd"},
          {"line_items[0][price_data][unit_amount]", "1989"},
          {"line_items[0][price_data][product_data][name]", "Appeal letter"},
          {"success_url", "http://shop.test/success?session_id={CHECKOUT_SESSION_ID}"},
          {"cancel_url", "http://shop.test/cancelled"},
          {"client_reference_id", "payment-1"},
          {"expires_at", std::to_string(expires)},
          {"metadata[payment_id]", "payment-1"},
          {"metadata[v]", "1"},
          {"payment_intent_data[metadata][payment_id]", "payment-1"}};
}

Fields Without(Fields form, const std::string& name) {
  std::erase_if(form, [&](const auto& field) { return field.first == name; });
  return form;
}

Fields With(Fields form, const std::string& name, const std::string& value) {
  form = Without(std::move(form), name);
  form.emplace_back(name, value);
  return form;
}

std::string MakePdf(int pages, const std::string& media_box) {
  std::string pdf = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n";
  pdf += "2 0 obj\n<< /Type /Pages /Kids [] /Count " + std::to_string(pages) + " >>\nendobj\n";
  for (int i = 0; i < pages; ++i) {
    pdf += std::to_string(3 + i) + " 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox " + media_box +
           " >>\nendobj\n";
  }
  return pdf + "%%EOF\n";
}

std::vector<http::Part> LetterParts() {
  return {{"to[company]", "", "", "SFMTA Citation Review"},
          {"to[address_line1]", "", "", "11 South Van Ness Avenue"},
          {"to[address_city]", "", "", "San Francisco"},
          {"to[address_state]", "", "", "CA"},
          {"to[address_zip]", "", "", "94103"},
          {"from[name]", "", "", "Ada Example"},
          {"from[address_line1]", "", "", "1 Main Street"},
          {"from[address_city]", "", "", "Oakland"},
          {"from[address_state]", "", "", "CA"},
          {"from[address_zip]", "", "", "94601-1234"},
          {"color", "", "", "false"},
          {"use_type", "", "", "operational"},
          {"mail_type", "", "", "usps_first_class"},
          {"metadata[payment_id]", "", "", "payment-1"},
          {"file", "letter.pdf", "application/pdf", MakePdf()}};
}

std::vector<http::Part> Without(std::vector<http::Part> parts, const std::string& name) {
  std::erase_if(parts, [&](const http::Part& part) { return part.name == name; });
  return parts;
}

std::vector<http::Part> With(std::vector<http::Part> parts, const std::string& name,
                             const std::string& value) {
  parts = Without(std::move(parts), name);
  if (name == "file") {
    parts.push_back({name, "letter.pdf", "application/pdf", value});
  } else {
    parts.push_back({name, "", "", value});
  }
  return parts;
}

}  // namespace fsft::sandbox::testing
