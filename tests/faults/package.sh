#!/usr/bin/env bash
# Installs hypoco as others would, in a Debian 12 that has nothing but its base system (needs root,
# debootstrap and the network; 5 to 15 minutes): package.sh package|container|readme
#
#   package    builds the Debian package, installs it with apt-get, uses program and Python package
#   container  runs the steps of cmake/packaging/Dockerfile
#   readme     runs the two commands of README.md, which shows that every package that they need is
#              in cmake/packages-debian.txt (half an hour on two cores)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mode=${1:-package}
[ "$(id -u)" -eq 0 ] || { echo "package.sh: needs root, for debootstrap" >&2; exit 2; }
command -v debootstrap >/dev/null ||
  { echo "package.sh: needs the package debootstrap" >&2; exit 2; }
work=$(mktemp -d)
clean() { umount "$work/system/proc" "$work/system/sys" "$work/system/dev/pts" 2>/dev/null ||
  true; rm -rf "$work"; }
trap clean EXIT
system=$work/system

# The mirror and the settings of this machine's apt, whatever they are
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | sed -nE \
  's/^(URIs:|deb( \[.*\])?) *(https?:[^ ]+).*/\3/p' | awk '!/security/ && !n++') || true
debootstrap --variant=minbase bookworm "$system" "${mirror:?no mirror in the settings of apt}" \
  >"$work/debootstrap.log" 2>&1 || { tail -5 "$work/debootstrap.log" >&2; exit 1; }
cp -rL /etc/apt/sources.list* /etc/apt/apt.conf.d /etc/apt/trusted.gpg.d "$system/etc/apt/" \
  2>/dev/null || true
cp -rL /usr/share/keyrings/. "$system/usr/share/keyrings/"
cp -L /etc/resolv.conf "$system/etc/resolv.conf"
# a machine knows its own name; MPI asks for it and would wait for the network at every start
echo "127.0.0.1 localhost $(hostname)" >"$system/etc/hosts"
[ ! -d /usr/local/share/ca-certificates ] ||
  cp -rL /usr/local/share/ca-certificates "$system/usr/local/share/"
[ ! -d /etc/ssl/certs ] || { mkdir -p "$system/etc/ssl"; cp -rL /etc/ssl/certs "$system/etc/ssl/"; }
mount -t proc proc "$system/proc" 2>/dev/null || true
mount -t sysfs -o ro sysfs "$system/sys" 2>/dev/null || true # MPI looks for processors there
mount -t devpts devpts "$system/dev/pts" 2>/dev/null || true # a test reads a progress line there
plainly() { chroot "$system" env -i \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"; }
inside() { plainly LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "$@"; }
inside apt-get -qq update
tree() { mkdir -p "$1"; git -C "$root" archive HEAD | tar -x -C "$1"; }

if [ "$mode" = readme ]; then
  tree "$system/opt/tree"
  plainly bash /opt/tree/runs/quickstart.sh
  plainly bash /opt/tree/tests/run.sh
  echo "package.sh: the two commands of README.md work"
  exit 0
fi

if [ "$mode" = package ]; then
  tree "$work/tree"
  cmake -S "$work/tree" -B "$work/build" -D HYPOCO_NATIVE=OFF >"$work/configure.log"
  cmake --build "$work/build" --parallel "$(env -u OMP_NUM_THREADS nproc)" >"$work/build.log"
  (cd "$work/build" && cpack -G DEB >"$work/cpack.log") || { tail "$work/cpack.log" >&2; exit 1; }
  cp "$work"/build/hypoco_*.deb "$system/opt/"
  inside sh -c 'apt-get -qq -y --no-install-recommends install /opt/hypoco_*.deb' >"$work/apt.log" \
    2>&1 ||
    { tail "$work/apt.log" >&2; exit 1; }
else
  tree "$system/opt/tree"
  inside bash -c 'cd /opt/tree && source cmake/prepare.sh && install_missing build &&
    build /opt/build -D HYPOCO_NATIVE=OFF -D CMAKE_INSTALL_PREFIX=/usr/local &&
    cmake --install /opt/build && ldconfig && useradd --create-home hypoco' >"$work/apt.log" 2>&1 ||
    { tail "$work/apt.log" >&2; exit 1; }
  inside runuser -u hypoco -- sh \
    -c 'cd && hypoco spectrum -space_degree 12 -output run.h5 >run.txt &&
    hypoco plot run.h5 -format png'
fi

cd "$work"
inside hypoco --version | awk "NR == 1"
inside sh \
  -c 'cd /opt && hypoco solve -epsilon "0.3*sin(theta)" -time_end 5 -output run.h5 >run.txt &&
  hypoco plot run.h5 -format png && hypoco report run.h5 && hypoco rerun run.h5 | tail -1'
inside sh -c 'cd /opt && mpirun -n 2 --oversubscribe hypoco spectrum -space_degree 12 >two.txt'
if [ "$mode" = package ]; then
  inside python3 \
    -c 'import hypoco; r = hypoco.solve(gamma=.8, time_end=5); print(r.rate); r.plot.decay()'
fi
echo "package.sh: $mode works"
