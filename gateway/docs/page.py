"""The description as one page that needs no script."""

import html
import json

from markdown import anchor, blocks, inline

METHODS = ("get", "post", "patch", "put", "delete")

FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: the API</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/site.css">
<link rel="stylesheet" href="/assets/docs.css">
</head>
<body class="docs">
<main>
<header id="introduction">
<h1>{title}: the API</h1>
<p class="narrow"><a href="#contents">Contents</a></p>
<p>{summary} Version {version}. For programs: <a href="/openapi.json">openapi.json</a>.</p>
</header>
{introduction}
{security}
{operations}
{schemas}
</main>
<nav id="contents" aria-label="Contents">
{contents}
</nav>
</body>
</html>
"""


class Page:
    """Looks things up in one description."""

    def __init__(self, description: dict, alias_of):
        self._description = description
        self._alias_of = alias_of

    def html(self) -> str:
        info = self._description["info"]
        return FRAME.format(title=html.escape(info["title"]), summary=inline(info["summary"]),
                            version=html.escape(info["version"]), contents=self._contents(),
                            introduction=blocks(info["description"]), security=self._security(),
                            operations=self._operations(), schemas=self._schemas())

    def _found(self, node: dict) -> dict:
        """What a $ref refers to; what stands beside it counts more."""
        if "$ref" not in node:
            return node
        found = self._description
        for name in node["$ref"].removeprefix("#/").split("/"):
            found = found[name.replace("~1", "/").replace("~0", "~")]
        beside = {name: value for name, value in node.items() if name != "$ref"}
        return {**self._found(found), **beside}

    def _by_tag(self, tag: str) -> list:
        """(path, method, operation) of one tag, in the order of the file."""
        return [(path, method, operation)
                for path, item in self._description["paths"].items()
                for method, operation in item.items()
                if method in METHODS and tag in operation["tags"]]

    # --- beside the text

    def _contents(self) -> str:
        out = ['<p><a href="#introduction">Introduction</a></p>']
        for tag in self._description["tags"]:
            name = tag["name"]
            links = "".join(
                f'<li><a href="#{operation["operationId"]}">{badge(method)}'
                f'<span>{breakable(path)}</span></a></li>'
                for path, method, operation in self._by_tag(name))
            out.append(f'<p><a href="#{anchor(name)}">{html.escape(name)}</a></p><ul>{links}</ul>')
        return "\n".join(out + ['<p><a href="#schemas">Objects</a></p>'])

    # --- the text

    def _security(self) -> str:
        rows = "".join(
            f"<dt><code>{html.escape(name)}</code></dt><dd>{blocks(scheme['description'])}</dd>"
            for name, scheme in self._described("securitySchemes"))
        return f'<h3 id="tokens">Tokens and signatures</h3><dl class="wide">{rows}</dl>'

    def _described(self, kind: str):
        return self._description["components"][kind].items()

    def _operations(self) -> str:
        out = []
        for tag in self._description["tags"]:
            name = tag["name"]
            out.append(f'<section aria-labelledby="{anchor(name)}"><h2 id="{anchor(name)}">'
                       f'{html.escape(name)}</h2>{blocks(tag["description"])}')
            out += [self._operation(*one) for one in self._by_tag(name)]
            out.append("</section>")
        return "\n".join(out)

    def _operation(self, path: str, method: str, operation: dict) -> str:
        item = self._description["paths"][path]
        parameters = item.get("parameters", []) + operation.get("parameters", [])
        alias = self._alias_of(path)
        parts = [
            f'<article id="{operation["operationId"]}">',
            f"<h3>{badge(method)}<code>{breakable(path)}</code></h3>",
            '<p class="old">For old clients only.</p>' if operation.get("deprecated") else "",
            f"<p><strong>{inline(operation['summary'])}</strong></p>",
            blocks(operation.get("description", "")) if "description" in operation else "",
            f"<p>{self._who(operation['security'])}{self._pace(operation)}"
            + (f" Also <code>{breakable(alias)}</code>.</p>" if alias else "</p>"),
            self._parameters(parameters),
            self._body(operation["requestBody"]) if "requestBody" in operation else "",
            self._answers(operation["responses"]),
            "</article>"]
        return "\n".join(part for part in parts if part)

    def _who(self, security: list) -> str:
        """Who may call, in a sentence."""
        if not security:
            return "Open to everybody."
        schemes = [scheme for scheme in security if scheme]
        words = " or ".join(
            " and ".join(f"<code>{name}</code>" + (f" with scope <code>{scopes[0]}</code>"
                                                   if scopes else "")
                         for name, scopes in scheme.items()) for scheme in schemes)
        return f"Open to everybody; more with {words}." if {} in security else f"Needs {words}."

    @staticmethod
    def _pace(operation: dict) -> str:
        count = operation.get("x-requests-per-minute")
        return f" {count} a minute from one client." if count else ""

    def _parameters(self, parameters: list) -> str:
        rows = ""
        for parameter in map(self._found, parameters):
            needed = "" if parameter.get("required") else " <small>optional</small>"
            rows += (f"<tr><td><code>{html.escape(parameter['name'])}</code>{needed}</td>"
                     f"<td>{parameter['in']}</td><td>{self._type(parameter['schema'])}</td>"
                     f"<td>{inline(parameter['description'])}</td></tr>")
        return table("Parameters", ("name", "where", "type", ""), rows)

    def _body(self, body: dict) -> str:
        body = self._found(body)
        out = [f"<h4>Body</h4><p>At most {size(body['x-max-bytes'])}."
               f"{' ' + inline(body['description']) if 'description' in body else ''}</p>"]
        for kind, media in body["content"].items():
            schema = f": {self._type(media['schema'])}" if "schema" in media else ""
            out.append(f"<p><code>{html.escape(kind)}</code>{schema}</p>")
            out += [example(name, self._found(one)["value"])
                    for name, one in media.get("examples", {}).items()]
        return "".join(out)

    def _answers(self, answers: dict) -> str:
        rows = ""
        for status, answer in answers.items():
            answer = self._found(answer)
            kinds = ", ".join(self._answer_type(kind, media)
                              for kind, media in answer.get("content", {}).items())
            headers = "".join(f"<br><small>with <code>{name}</code></small>"
                              for name in answer["headers"] if name != "X-Request-ID")
            rows += (f"<tr><td><code>{status}</code></td><td>{kinds}{headers}</td>"
                     f"<td>{inline(' '.join(answer['description'].split()))}</td></tr>")
        return table("Answers", ("status", "body", ""), rows)

    def _answer_type(self, kind: str, media: dict) -> str:
        return self._type(media["schema"]) if "$ref" in media.get("schema", {}) else (
            f"<code>{html.escape(kind)}</code>")

    # --- schemas

    def _schemas(self) -> str:
        out = ['<section aria-labelledby="schemas"><h2 id="schemas">Objects</h2>']
        for name, schema in self._described("schemas"):
            out.append(f'<article id="schema-{name}"><h3>{name}</h3>')
            out.append(blocks(schema["description"]) if "description" in schema else "")
            out.append(self._fields(schema) or f"<p>{self._constraints(schema)}</p>")
            out.append("</article>")
        return "\n".join(out + ["</section>"])

    def _fields(self, schema: dict) -> str:
        """A table of its fields, those that it shares with others included."""
        rows = ""
        for part in [self._found(one) for one in schema.get("allOf", [])] + [schema]:
            always = part.get("required", [])
            for name, field in part.get("properties", {}).items():
                optional = "" if name in always else " <small>optional</small>"
                told = field.get("description", "")
                rows += (f"<tr><td><code>{name}</code>{optional}</td><td>{self._type(field)}</td>"
                         f"<td>{inline(' '.join(told.split()))}</td></tr>")
        return table("Fields", ("name", "type", ""), rows)

    def _type(self, schema: dict) -> str:
        """A schema in a few words, or a link to it."""
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return f'<a href="#schema-{name}">{name}</a>'
        if "anyOf" in schema and "properties" not in schema:
            return " or ".join(self._type(one) for one in schema["anyOf"])
        if "items" in schema:
            return "list of " + self._type(schema["items"])
        if "properties" in schema:
            names = ", ".join(f"<code>{name}</code>: {self._type(field)}"
                              for name, field in schema["properties"].items())
            return f"object ({names})"
        return self._constraints(schema)

    def _constraints(self, schema: dict) -> str:
        kinds = schema.get("type", "any")
        words = [" or ".join([kinds] if isinstance(kinds, str) else kinds)]
        if "enum" in schema:
            words = [", ".join(f"<code>{value}</code>" for value in schema["enum"])]
        if "const" in schema:
            words = [f"<code>{schema['const']}</code>"]
        words += [html.escape(schema["format"])] if "format" in schema else []
        words += [f"{name} {schema[key]}" for key, name in (
            ("minLength", "at least"), ("maxLength", "at most"), ("minimum", "from"),
            ("maximum", "to"), ("default", "as a rule")) if key in schema]
        return " ".join(words)


def badge(method: str) -> str:
    return f'<span class="method {method}">{method.upper()}</span>'


def breakable(path: str) -> str:
    """A path that may be broken before each of its parts."""
    return html.escape(path).replace("/", "<wbr>/")


def size(limit: int) -> str:
    return f"{limit >> 20} MiB" if limit >= 1 << 20 else f"{limit >> 10} KiB"


def example(name: str, value) -> str:
    text = html.escape(json.dumps(value, indent=2, ensure_ascii=False))
    title = html.escape(name.replace("_", " "))
    return f"<details><summary>Example: {title}</summary><pre>{text}</pre></details>"


def table(caption: str, heads: tuple, rows: str) -> str:
    if not rows:
        return ""
    cells = "".join(f'<th scope="col">{head}</th>' if head else "<td></td>" for head in heads)
    return (f'<div class="scrolls"><table><caption>{caption}</caption><thead><tr>{cells}</tr>'
            f"</thead><tbody>{rows}</tbody></table></div>")


def page_of(description: dict, alias_of) -> str:
    return Page(description, alias_of).html()
