"""sbom.py NAME VERSION STATUS: the Debian packages of an image as an SPDX 2.3 document, from its
dpkg status file.

The image itself is one package of it; cpp-httplib, which is compiled into the programs from
Debian's source package, is another.
"""

import hashlib
import json
import os
import re
import sys
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import quote

HTTPLIB = Path(__file__).resolve().parents[1] / "shared" / "httplib" / "CMakeLists.txt"


def installed(status: str) -> list:
    """The stanzas of installed packages, as dictionaries of their one-line fields."""
    stanzas = [dict(re.findall(r"^([A-Za-z-]+): (.*)$", stanza, re.M))
               for stanza in status.split("\n\n")]
    return [stanza for stanza in stanzas if stanza.get("Status") == "install ok installed"]


def package(name: str, version: str, architecture: str, source: str = "") -> dict:
    purl = f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={architecture}&distro=bookworm"
    return {"SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", f"{name}-{architecture}"),
            "name": name, "versionInfo": version, "supplier": "Organization: Debian",
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            **({"sourceInfo": f"built from {source}"} if source else {}),
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                              "referenceLocator": purl}]}


def compiled_in() -> dict:
    """cpp-httplib: no binary package, so dpkg does not know it."""
    version = re.search(r"set\(FSFT_HTTPLIB_VERSION (\S+)\)", HTTPLIB.read_text(encoding="utf-8"))
    return package("cpp-httplib", version[1], "source")


def created() -> str:
    """Now, or the moment that a reproducible build goes by."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(seconds), timezone.utc) if seconds else datetime.now(
        timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def document(name: str, version: str, status: str) -> dict:
    own = {"SPDXID": "SPDXRef-image", "name": name, "versionInfo": version or "NOASSERTION",
           "downloadLocation": "NOASSERTION", "filesAnalyzed": False}
    packages = [package(stanza["Package"], stanza["Version"], stanza["Architecture"],
                        stanza.get("Source", "")) for stanza in installed(status)]
    packages.append(compiled_in())
    packages.sort(key=lambda found: found["SPDXID"])
    digest = hashlib.sha256(json.dumps([own, packages]).encode()).hexdigest()
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"{name}-{version}",
            "documentNamespace": f"https://fightsftickets.invalid/sbom/{digest}",
            "creationInfo": {"created": created(), "creators": ["Tool: image/sbom.py"]},
            "packages": [own, *packages],
            "relationships": [
                {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                 "relatedSpdxElement": "SPDXRef-image"},
                *({"spdxElementId": "SPDXRef-image", "relationshipType": "CONTAINS",
                   "relatedSpdxElement": found["SPDXID"]} for found in packages)]}


def main() -> int:
    name, version, path = sys.argv[1:]
    text = Path(path).read_text(encoding="utf-8")
    json.dump(document(name, version, text), sys.stdout, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
