"""The little of Markdown that gateway/openapi.yaml uses, as HTML."""

import html
import re


def inline(text: str) -> str:
    """Of one line: `code`; everything else is text."""
    parts = re.split(r"`([^`]*)`", text)
    return "".join(f"<code>{html.escape(part)}</code>" if number % 2 else html.escape(part)
                   for number, part in enumerate(parts))


def anchor(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _numbered(lines: list) -> list:
    """The items of a numbered list; none when these lines are no list."""
    items = []
    for line in lines:
        if found := re.match(r"\d+\. (.*)", line):
            items.append(found[1])
        elif items:
            items[-1] += " " + line.strip()
        else:
            return []
    return items


def blocks(text: str) -> str:
    """Paragraphs, headings ("## ") and numbered lists, each between empty lines."""
    out = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        if lines[0].startswith("## "):
            title = lines[0][3:]
            out.append(f'<h3 id="{anchor(title)}">{inline(title)}</h3>')
        elif items := _numbered(lines):
            out.append("<ol>" + "".join(f"<li>{inline(item)}</li>" for item in items) + "</ol>")
        else:
            out.append(f"<p>{inline(' '.join(lines))}</p>")
    return "\n".join(out)
