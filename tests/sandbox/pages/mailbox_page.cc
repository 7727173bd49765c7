#include "tests/sandbox/pages/html.h"
#include "tests/sandbox/pages/pages.h"

namespace fsft::sandbox {
namespace {

std::string Text(const Json& object, const char* name) {
  const Json value = object.value(name, Json(nullptr));
  return value.is_string() ? value.get<std::string>() : "";
}

std::string Address(const Json& address) {
  std::string html;
  for (const char* line : {"name", "company", "address_line1", "address_line2"}) {
    if (const std::string text = Text(address, line); !text.empty()) html += Escape(text) + "<br>";
  }
  return html + Escape(Text(address, "address_city")) + ", " +
         Escape(Text(address, "address_state")) + " " + Escape(Text(address, "address_zip"));
}

std::string Row(const std::string& name, const std::string& html) {
  return "<tr><th scope=\"row\">" + name + "</th><td>" + html + "</td></tr>";
}

std::string MailClass(const Json& letter) {
  const std::string service = Text(letter, "extra_service");
  if (!service.empty()) return "<span class=\"tag certified\">" + Escape(service) + "</span>";
  const bool first = Text(letter, "mail_type") == "usps_first_class";
  return std::string("<span class=\"tag\">") + (first ? "first class" : "standard") + "</span>";
}

// "2026-11-02T17:40:01.123Z" as people write it.
std::string When(const Json& letter) {
  const std::string time = Text(letter, "date_created");
  return "<time datetime=\"" + time + "\">" + time.substr(0, 10) + " " + time.substr(11, 5) +
         " UTC</time>";
}

std::string Metadata(const Json& letter) {
  std::string html;
  for (const auto& [name, value] : letter["metadata"].items()) {
    html += "<code>" + Escape(name) + " = " + Escape(value.get<std::string>()) + "</code><br>";
  }
  return html;
}

std::string Facts(const Json& letter) {
  const std::string tracking = Text(letter, "tracking_number");
  std::string html = "<table>" + Row("To", Address(letter["sent_to"])) +
                     Row("From", Address(letter["sent_from"])) + Row("Metadata", Metadata(letter));
  if (!tracking.empty()) html += Row("Tracking", "<code>" + Escape(tracking) + "</code>");
  return html + Row("Expected", Escape(Text(letter, "expected_delivery_date"))) +
         Row("Letter", "<code>" + Escape(Text(letter, "id")) + "</code>") + "</table>";
}

// Drawn only when it scrolls into view: fifty letters are not drawn for one look.
std::string Preview(const Json& letter) {
  const std::string base = "/mailbox/" + Escape(Text(letter, "id"));
  return "<div><a href=\"" + base +
         ".pdf\"><img class=\"sheet\" loading=\"lazy\" width=\"612\" "
         "height=\"792\" src=\"" +
         base +
         ".png\" alt=\"First page of the letter\"></a><p><a "
         "href=\"" +
         base + ".pdf\">Open the PDF</a></p></div>";
}

std::string Article(const Json& letter) {
  std::string fate;
  if (letter.value("deleted", false)) fate += " <span class=\"tag cancelled\">cancelled</span>";
  if (letter["status"] == "failed") fate += " <span class=\"tag cancelled\">failed</span>";
  const std::string name = Text(letter["sent_to"], "name");
  const std::string to = name.empty() ? Text(letter["sent_to"], "company") : name;
  return "<article class=\"card\"><div class=\"top\"><h2>" + Escape(to) + "</h2><span>" +
         MailClass(letter) + fate + " <span class=\"quiet\">" + When(letter) +
         "</span></span></div>" + "<div class=\"letter\">" + Facts(letter) + Preview(letter) +
         "</div></article>";
}

}  // namespace

std::string MailboxPage(const Json& letters, size_t total) {
  std::string body = "<main><h1>Mailbox: " + std::to_string(total) +
                     (total == 1 ? " letter" : " letters") + "</h1>";
  if (letters.empty()) {
    body +=
        "<p class=\"card\">Nothing was mailed yet. A letter appears here a moment after its "
        "order is paid.</p>";
  }
  for (const Json& letter : letters) body += Article(letter);
  if (letters.size() < total) {
    body += "<p class=\"quiet\">Older letters are not shown: " +
            std::to_string(total - letters.size()) + "</p>";
  }
  return Page("Mailbox", body + "</main>");
}

}  // namespace fsft::sandbox
