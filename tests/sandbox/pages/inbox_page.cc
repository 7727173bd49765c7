#include "tests/sandbox/pages/html.h"
#include "tests/sandbox/pages/pages.h"

namespace fsft::sandbox {
namespace {

std::string Text(const Json& mail, const char* name) { return mail[name].get<std::string>(); }

std::string Row(const std::string& name, const std::string& text) {
  return "<tr><th scope=\"row\">" + name + "</th><td>" + Escape(text) + "</td></tr>";
}

// A frame in which nothing runs and nothing is fetched: the mail may be anybody's.
std::string Frame(const std::string& file) {
  return "<div><iframe class=\"sheet\" sandbox=\"\" loading=\"lazy\" src=\"" + file +
         "\" title=\"The email as HTML\"></iframe><p><a href=\"" + file +
         "\">Open it alone</a></p></div>";
}

std::string Article(const Json& mail) {
  const std::string file = "/inbox/" + mail["seq"].dump() + ".html";
  const bool has_html = !Text(mail, "html").empty();
  return "<article class=\"card\"><div class=\"top\"><h2>" + Escape(Text(mail, "subject")) +
         "</h2><span class=\"quiet\">" + Escape(Text(mail, "date")) + "</span></div><table>" +
         Row("To", Text(mail, "to")) + Row("From", Text(mail, "header_from")) +
         Row("Message-ID", Text(mail, "message_id")) + "</table><div class=\"letter\"><pre>" +
         Escape(Text(mail, "text")) + "</pre>" + (has_html ? Frame(file) : "") +
         "</div><p class=\"quiet\"><a href=\"/inbox/" + mail["seq"].dump() +
         ".eml\">As it came</a></p></article>";
}

}  // namespace

std::string InboxPage(const Json& mails, size_t total) {
  std::string body =
      "<main><h1>Inbox: " + std::to_string(total) + (total == 1 ? " email" : " emails") + "</h1>";
  if (mails.empty()) {
    body +=
        "<p class=\"card\">Nobody was written to yet. An email appears here a moment after the "
        "news that it tells.</p>";
  }
  for (const Json& mail : mails) body += Article(mail);
  if (mails.size() < total) {
    body +=
        "<p class=\"quiet\">Older emails are not shown: " + std::to_string(total - mails.size()) +
        "</p>";
  }
  return Page("Inbox", body + "</main>");
}

}  // namespace fsft::sandbox
