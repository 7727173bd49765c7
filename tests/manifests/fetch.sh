#!/bin/sh
# fetch.sh DIRECTORY: puts what the checks of the manifests need into DIRECTORY: kustomize, promtool, and Kubernetes'
# description of its API. None is installed: bookworm has no kustomize (and its kubectl's knows no components), and
# installing Prometheus would start one.
set -eu

fetch_debian=$(cd "$(dirname "$0")/../../.ci" && pwd)/fetch-debian
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
swagger=usr/share/gocode/src/k8s.io/kube-openapi/pkg/schemaconv/testdata/swagger.json

# unpack SUITE PACKAGE...: all their files go below $work/root
unpack() {
  suite=$1
  shift
  "$fetch_debian" "$work/$suite" "$suite" binary "$@"
  for package in "$work/$suite"/*.deb; do
    dpkg-deb -x "$package" "$work/root"
  done
}

mkdir -p "$1"
directory=$(cd "$1" && pwd)
work=$directory/work
exec 9>"$directory/lock"
flock 9
[ ! -d "$directory/tools" ] || exit 0

rm -rf "$work"
unpack trixie kustomize golang-k8s-kube-openapi-dev
unpack "$codename" prometheus
mkdir "$work/done"
mv "$work/root/usr/bin/kustomize" "$work/root/usr/bin/promtool" "$work/root/$swagger" "$work/done/"
mv "$work/done" "$directory/tools"
rm -rf "$work"
