#!/usr/bin/env bash
# Installs the Debian 12 packages that Callboard needs, and nothing when they
# are there already.
#   cmake/install-packages.sh build    to build the library and the program
#   cmake/install-packages.sh test     the same, and what the tests need
#   cmake/install-packages.sh cluster  the same as build, and what the cluster's
#                                      demo needs
#   cmake/install-packages.sh fuzz     the same as build, and what fuzzing needs
set -euo pipefail

build=(
  g++ cmake ninja-build ccache git ca-certificates
  libcaf-dev libssl-dev
  libsoci-dev libpq-dev libsqlite3-dev
  libboost1.81-dev libboost-json1.81-dev libboost-system1.81-dev
  libhowardhinnant-date-dev tzdata
  prometheus-cpp-dev libspdlog-dev libcli11-dev libcpp-httplib-dev
)
test=(catch2 iproute2 librapidcheck-dev openssl pgbouncer postgresql clang-format python3 util-linux procps spin)
cluster=(openssl postgresql python3 util-linux)

case "${1:-build}" in
  build) wanted=("${build[@]}") ;;
  test) wanted=("${build[@]}" "${test[@]}") ;;
  cluster) wanted=("${build[@]}" "${cluster[@]}") ;;
  fuzz) wanted=("${build[@]}" clang libclang-rt-14-dev) ;;
  *) echo "usage: $0 [build|test|cluster|fuzz]" >&2; exit 2 ;;
esac

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null; then
    sudo=sudo
  else
    echo "These packages are missing; install them as root:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 1
  fi
fi
echo "Installing ${#missing[@]} Debian packages: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
${sudo:-} apt-get update -qq
# The tests start a server of their own; Debian's need not run beside it.
if [ ! -e /etc/postgresql-common/createcluster.conf ] && [[ " ${wanted[*]} " = *" postgresql "* ]]; then
  ${sudo:-} mkdir -p /etc/postgresql-common
  echo "create_main_cluster = false" | ${sudo:-} tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
${sudo:-} apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
