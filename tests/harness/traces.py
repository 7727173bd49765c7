"""Finds a text in other data, in whatever clear form it may have got there."""

import base64
import json
import urllib.parse


def forms_of(value: str) -> dict:
    """Form -> the bytes to look for, in lower case, of each clear form of `value`."""
    raw = value.encode()
    found = {
        "plain": raw,
        "JSON-escaped": json.dumps(value)[1:-1].encode(),
        "hex": raw.hex().encode(),
        "UTF-16": value.encode("utf-16-le"),
        "URL-encoded": urllib.parse.quote(value, safe="").encode(),
        "form-encoded": urllib.parse.quote_plus(value).encode(),
    }
    for shift in range(3):
        # What stands before the value decides how its bits fall into base64's letters; the letters
        # at both ends also hold bits of the neighbours.
        encoded = base64.b64encode(b"\0" * shift + raw)
        clean = encoded[(0, 2, 3)[shift]:(shift + len(raw)) // 3 * 4]
        found[f"base64, shifted by {shift}"] = clean
        found[f"base64url, shifted by {shift}"] = clean.translate(bytes.maketrans(b"+/", b"-_"))
    return {form: text.lower() for form, text in found.items()}


def find(values: dict, places: dict) -> list:
    """values: name -> text; places: name -> bytes. Returns "value in form in place" per finding.

    Case does not count, not even in base64: a match by chance stays unlikely enough.
    """
    lowered = {place: data.lower() for place, data in places.items()}
    return [f"{name} ({form}) in {place}"
            for name, value in values.items() for form, text in forms_of(value).items()
            for place, data in lowered.items() if text in data]
