#include "tests/sandbox/pages/routes.h"

#include <httplib.h>

#include <algorithm>

#include "tests/sandbox/pages/first_page.h"
#include "tests/sandbox/pages/pages.h"

namespace fsft::sandbox {
namespace {

constexpr size_t kLettersShown = 50;
constexpr size_t kMailsShown = 50;

void Show(httplib::Response& response, int status, const std::string& page) {
  response.status = status;
  response.set_content(page, "text/html; charset=utf-8");
}

void ShowSession(stripe::Account& account, const std::string& id, httplib::Response& response) {
  const std::optional<Json> session = account.FindSession(id);
  if (!session) return Show(response, 404, NoSuchSessionPage());
  Show(response, 200, CheckoutPage(*session));
}

// 303, so that the browser follows with a GET, as after Stripe's page.
void Pay(stripe::Account& account, const std::string& id, httplib::Response& response) {
  if (account.Pay(id, {}) != stripe::PayOutcome::kPaid) return ShowSession(account, id, response);
  response.set_redirect(SuccessUrl(*account.FindSession(id)), 303);
}

// As at Stripe, only a way back: the session stays open and can be paid later.
void Cancel(stripe::Account& account, const std::string& id, httplib::Response& response) {
  const std::optional<Json> session = account.FindSession(id);
  const bool can_return = session && (*session)["cancel_url"].is_string();
  if (!can_return) return ShowSession(account, id, response);
  response.set_redirect((*session)["cancel_url"].get<std::string>(), 303);
}

void ShowReceipt(stripe::Account& account, const std::string& id, httplib::Response& response) {
  try {
    Show(response, 200, ReceiptPage(account.GetCharge(id)));
  } catch (const Refusal&) {
    response.status = 404;
  }
}

void AddCheckout(httplib::Server& server, stripe::Account& account) {
  using httplib::Request;
  using httplib::Response;
  server.Get("/pay/:id", [&account](const Request& request, Response& response) {
    ShowSession(account, request.path_params.at("id"), response);
  });
  server.Post("/pay/:id", [&account](const Request& request, Response& response) {
    Pay(account, request.path_params.at("id"), response);
  });
  server.Post("/pay/:id/cancel", [&account](const Request& request, Response& response) {
    Cancel(account, request.path_params.at("id"), response);
  });
  server.Get("/receipts/:id", [&account](const Request& request, Response& response) {
    ShowReceipt(account, request.path_params.at("id"), response);
  });
}

// "ltr_….pdf" is the file as it came, "ltr_….png" a picture of its first page.
void ShowFile(lob::Letters& letters, const std::string& name, httplib::Response& response) {
  const size_t dot = name.rfind('.');
  const std::string kind = dot == std::string::npos ? "" : name.substr(dot);
  const std::optional<lob::Letters::File> file = letters.FindFile(name.substr(0, dot));
  response.status = 404;
  if (!file || (kind != ".pdf" && kind != ".png")) return;
  if (kind == ".pdf") {
    response.status = 200;
    response.set_content(file->data, file->type);
  } else if (const absl::StatusOr<std::string> picture = DrawFirstPage(file->data); picture.ok()) {
    response.status = 200;
    response.set_header("Cache-Control", "max-age=3600");  // a letter never changes
    response.set_content(*picture, "image/png");
  }
}

void AddMailbox(httplib::Server& server, lob::Letters& letters) {
  using httplib::Request;
  using httplib::Response;
  server.Get("/mailbox", [&letters](const Request&, Response& response) {
    const Json newest = letters.Mailbox([](const Json&) { return true; }, kLettersShown);
    Show(response, 200, MailboxPage(newest, letters.size()));
  });
  server.Get("/mailbox/:file", [&letters](const Request& request, Response& response) {
    ShowFile(letters, request.path_params.at("file"), response);
  });
}

Json NewestFirst(const Records& mails) {
  Json all = mails.List([](const Json&) { return true; });
  std::reverse(all.begin(), all.end());
  return all;
}

// "7.eml" is the mail as it came, "7.html" what it shows. Whatever it is, it runs nothing here and
// fetches nothing.
void ShowMail(const Records& mails, const std::string& name, httplib::Response& response) {
  const size_t dot = name.rfind('.');
  const std::string kind = dot == std::string::npos ? "" : name.substr(dot);
  const Json found =
      mails.List([&](const Json& mail) { return mail["seq"].dump() == name.substr(0, dot); });
  response.status = 404;
  if (found.empty() || (kind != ".html" && kind != ".eml")) return;
  response.status = 200;
  if (kind == ".eml") {
    return response.set_content(found[0]["raw"].get<std::string>(), "text/plain; charset=utf-8");
  }
  response.set_header("Content-Security-Policy",
                      "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                      "form-action 'none'");
  response.set_content(found[0]["html"].get<std::string>(), "text/html; charset=utf-8");
}

void AddInbox(httplib::Server& server, const Records& mails) {
  using httplib::Request;
  using httplib::Response;
  server.Get("/inbox", [&mails](const Request&, Response& response) {
    const Json all = NewestFirst(mails);
    const auto shown = static_cast<std::ptrdiff_t>(std::min(all.size(), kMailsShown));
    Show(response, 200, InboxPage(Json(all.begin(), all.begin() + shown), all.size()));
  });
  server.Get("/inbox/:file", [&mails](const Request& request, Response& response) {
    ShowMail(mails, request.path_params.at("file"), response);
  });
}

}  // namespace

void AddPages(httplib::Server& server, stripe::Account& account, lob::Letters& letters,
              const Records& mails) {
  AddCheckout(server, account);
  AddMailbox(server, letters);
  AddInbox(server, mails);
  server.Get("/", [&](const httplib::Request&, httplib::Response& response) {
    Json counts = account.Counts();
    counts["letters"] = letters.size();
    counts["emails"] = NewestFirst(mails).size();
    Show(response, 200, OverviewPage(counts));
  });
}

}  // namespace fsft::sandbox
