#!/bin/sh
# fetch.sh DIRECTORY: puts what the checks of the manifests need into DIRECTORY: kustomize, promtool, and Kubernetes'
# description of its API. None is installed: bookworm has no kustomize (and its kubectl's knows no components), and
# installing Prometheus would start one.
set -eu

fetch_debian=$(cd "$(dirname "$0")/../../.ci" && pwd)/fetch-debian
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
swagger=usr/share/gocode/src/k8s.io/kube-openapi/pkg/schemaconv/testdata/swagger.json

# unpack SUITE PACKAGE FILE...: the files of the package
unpack() {
  "$fetch_debian" "$work/$2" "$1" binary "$2"
  dpkg-deb -x "$work/$2"/*.deb "$work/$2/root"
  place=$work/$2/root
  shift 2
  for file in "$@"; do
    mv "$place/$file" "$work/done/"
  done
}

mkdir -p "$1"
directory=$(cd "$1" && pwd)
work=$directory/work
exec 9>"$directory/lock"
flock 9
[ ! -d "$directory/tools" ] || exit 0

rm -rf "$work"
mkdir -p "$work/done"
unpack trixie kustomize usr/bin/kustomize
unpack trixie golang-k8s-kube-openapi-dev $swagger
unpack "$codename" prometheus usr/bin/promtool
mv "$work/done" "$directory/tools"
rm -rf "$work"
