#!/bin/sh
# fetch.sh VERSION DIRECTORY: puts httplib.h and httplib.cc of Debian's source package cpp-httplib into DIRECTORY/VERSION.
#
# The binary package of bookworm must not face the Internet, so the source of a later suite is compiled instead.
#
# Doing it twice, or from two builds at a time, is harmless: a lock lets one in, and the result appears in one rename.
set -eu

version=$1
directory=$2
suite=trixie
fetch_debian=$(cd "$(dirname "$0")/../../.ci" && pwd)/fetch-debian

fail() {
  echo "cpp-httplib $version could not be unpacked: $1" >&2
  tail -n 20 "$work/log" >&2
  exit 1
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

rm -rf "$work" "${directory:?}/$version"
"$fetch_debian" "$work" $suite source "cpp-httplib=$version"
unpack
mv "$work/split" "$directory/$version"
rm -rf "$work"
