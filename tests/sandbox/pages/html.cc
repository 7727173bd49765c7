#include "tests/sandbox/pages/html.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"

namespace fsft::sandbox {
namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light; --ink: #1c2733; --quiet: #5b6876; --line: #d9dfe6; --accent: #2f55d4; }
* { box-sizing: border-box; }
body { margin: 0; background: #f4f6f8; color: var(--ink);
       font: 16px/1.5 system-ui, "Noto Sans", sans-serif; }
header { background: var(--ink); color: #fff; padding: .7rem 1.5rem; display: flex; gap: 1.5rem;
         align-items: baseline; flex-wrap: wrap; }
header strong { letter-spacing: .02em; }
header span { color: #b8c4d0; font-size: .875rem; }
header a { color: #fff; }
main { max-width: 64rem; margin: 2rem auto; padding: 0 1.5rem; }
main.narrow { max-width: 30rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 0; }
.card { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 1.5rem;
        margin-bottom: 1.5rem; }
.quiet { color: var(--quiet); font-size: .875rem; }
.amount { font-size: 2.25rem; font-weight: 650; margin: .25rem 0 1rem; }
.items { list-style: none; margin: 0 0 1.5rem; padding: 0; border-top: 1px solid var(--line); }
.items li { display: flex; justify-content: space-between; gap: 1rem; padding: .75rem 0;
            border-bottom: 1px solid var(--line); }
.buttons { display: grid; gap: .75rem; }
button { width: 100%; font: inherit; font-weight: 600; padding: .75rem 1rem; border-radius: 8px;
         border: 1px solid var(--line); background: #fff; color: var(--ink); cursor: pointer; }
button.primary { background: var(--accent); border-color: var(--accent); color: #fff; }
button:focus-visible, a:focus-visible { outline: 3px solid #f5b82e;
                                                              outline-offset: 2px; }
a { color: var(--accent); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; }
th { font-weight: 600; color: var(--quiet); font-size: .875rem; white-space: nowrap; width: 7rem; }
td:first-child { width: 18rem; }
code { font: .875rem/1.4 ui-monospace, "Noto Sans Mono", monospace; overflow-wrap: anywhere; }
.letter { margin-top: 1rem; display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.1fr); gap: 1.5rem;
          align-items: start; }
@media (max-width: 48rem) { .letter { grid-template-columns: 1fr; } }
.top { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline;
       margin-bottom: .75rem; flex-wrap: wrap; }
.tag { border-radius: 99px; padding: .1rem .6rem; font-size: .8rem; background: #e6ecfb; }
.tag.certified { background: #fdeccb; } .tag.cancelled { background: #f8d9d9; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0;
      font: .875rem/1.5 ui-monospace, "Noto Sans Mono", monospace; }
.sheet { width: 100%; height: auto; border: 1px solid var(--line); box-shadow: 0 1px 4px #0002; }
iframe.sheet { height: 26rem; background: #fff; }
)";

}  // namespace

std::string Escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string Page(std::string_view title, std::string_view body) {
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  page += "<title>" + Escape(title) + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n";
  page +=
      "<header><strong>Sandbox</strong><span>No money moves, nothing is printed or sent.</span>"
      "<nav><a href=\"/\">Overview</a> · <a href=\"/mailbox\">Mailbox</a> · "
      "<a href=\"/inbox\">Inbox</a></nav></header>\n";
  page.append(body);
  page += "\n</body>\n</html>\n";
  return page;
}

std::string Money(int64_t cents, std::string_view currency) {
  const std::string amount = absl::StrFormat("%d.%02d", cents / 100, cents % 100);
  if (currency == "usd") return "$" + amount;
  return amount + " " + absl::AsciiStrToUpper(std::string(currency));
}

}  // namespace fsft::sandbox
