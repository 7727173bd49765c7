#!/bin/sh
# fetch.sh VERSION DIRECTORY: puts httplib.h and httplib.cc of Debian's source package cpp-httplib into DIRECTORY/VERSION.
#
# The binary package of bookworm must not face the Internet, so the source of a later suite is compiled instead. apt fetches
# it and verifies it down to Debian's archive keyring; it runs on a configuration of its own (sources, lists, cache and
# state all below DIRECTORY), so that the machine's sources and package lists stay as they are. Root is not needed.
#
# Doing it twice, or from two builds at a time, is harmless: a lock lets one in, and the result appears in one rename.
set -eu

version=$1
directory=$2
suite=trixie
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

fail() {
  echo "cpp-httplib $version could not be fetched: $1" >&2
  if [ -s "$work/log" ]; then
    echo "The last lines of $work/log:" >&2
    tail -n 20 "$work/log" >&2
  fi
  exit 1
}

# The mirrors that this machine takes Debian itself from, as apt understands its own sources (either format). Other
# repositories are left out by the name of the suite; one that slips through fails the keyring and the next is tried.
mirrors() {
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
  # --no-release-info: also where the machine's own lists were never fetched, as in a fresh container.
  # shellcheck disable=SC2016 # the names are apt's
  apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' |
    awk -v codename="$codename" \
      '($1 == codename || $1 ~ /^(old)?stable$/) && $2 == "main" && !seen[$3]++ { print $3 }'
}

write_apt_configuration() {
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  cat >"$work/apt.conf" <<END
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "$work";
Dir::State::lists "$work/lists";
Dir::State::status "/dev/null";
Dir::Cache "$work/cache";
// The user that apt would drop to cannot write below a build tree of root's.
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
// Hooks of the machine speak of the machine's lists, not of these.
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
END
}

download_from() {
  echo "deb-src [signed-by=$keyring] $1 $suite main" >"$work/sources.list"
  # Without the option a mirror that does not answer is only a warning.
  apt-get -q -c "$work/apt.conf" -o APT::Update::Error-Mode=any update &&
    (cd "$work" && apt-get -q -c "$work/apt.conf" source --download-only "cpp-httplib=$version")
}

download() {
  sources=$(mirrors)
  [ -n "$sources" ] || fail "apt's sources on this machine name no Debian mirror (see /etc/apt/sources.list.d)"
  for mirror in $sources; do
    if download_from "$mirror" >>"$work/log" 2>&1; then
      return
    fi
  done
  fail "no mirror among apt's sources offers it in suite $suite (tried: $(echo "$sources" | xargs))"
}

unpack() {
  # Applies Debian's patches, among them the security fixes.
  dpkg-source -x "$work"/cpp-httplib_*.dsc "$work/source" >>"$work/log" 2>&1 || fail "dpkg-source refused it"
  /usr/bin/python3 "$work/source/split.py" --out "$work/split" >>"$work/log" 2>&1 || fail "split.py failed"
}

mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
work=$directory/work
exec 9>"$directory/lock"
flock 9
[ ! -f "$directory/$version/httplib.cc" ] || exit 0

for tool in apt-get dpkg-source /usr/bin/python3; do
  command -v "$tool" >/dev/null || fail "$tool is missing"
done
[ -r "$keyring" ] || fail "$keyring is missing (package debian-archive-keyring)"
rm -rf "$work" "${directory:?}/$version"
write_apt_configuration
download
unpack
mv "$work/split" "$directory/$version"
rm -rf "$work"
