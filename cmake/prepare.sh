# Sourced by runs/quickstart.sh and tests/run.sh: installs the packages hypoco needs, and builds it.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say()  { printf '== %s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# packages_of SECTION...: the names in these sections of packages-debian.txt
packages_of() {
  awk -v wanted=" $* " '/^\[/ { name = substr($1, 2, length($1) - 2); next }
    NF && $1 !~ /^#/ && index(wanted, " " name " ") { print $1 }' "$root/cmake/packages-debian.txt"
}

# install_missing SECTION...: asks for root or sudo only if something is missing
install_missing() {
  local package missing=() as_root=() advice
  if ! command -v apt-get dpkg-query >/dev/null; then
    say "not a Debian system: cmake/packages-debian.txt lists what has to be there"
    return
  fi
  for package in $(packages_of "$@"); do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  advice="as root: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "packages are missing, and this is neither root nor is there sudo; $advice"
    as_root=(sudo)
  fi
  say "installing ${missing[*]} (a minute or more)"
  as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -qq --no-install-recommends \
    -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
  # The lists of available packages are fetched if they do not know one,
  # or know one that is no longer there.
  apt-cache show "${missing[@]}" >/dev/null 2>&1 || "${as_root[@]}" update ||
    fail "apt-get update failed; $advice"
  quietly "${as_root[@]}" install "${missing[@]}" ||
    { "${as_root[@]}" update && quietly "${as_root[@]}" install "${missing[@]}"; } ||
    { cat "$said" >&2; fail "the packages could not be installed; $advice"; }
}

# quietly COMMAND...: keeps what it says in a file, for the case that it fails;
# installers complain about much that is no harm
quietly() {
  said=${said:-$(mktemp)}
  trap 'rm -f "$said"' EXIT
  "$@" >"$said" 2>&1
}

# build FOLDER OPTION...: configures and builds in FOLDER, which a second call finds nearly done
build() {
  local folder=$1
  mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ] ||
    fail "cannot write to $folder; copy the tree to a folder of your own and run this there"
  say "building in $folder"
  cmake -S "$root" -B "$folder" "${@:2}" >"$folder/configure.log" ||
    { cat "$folder/configure.log"; fail "cmake could not configure"; }
  cmake --build "$folder" --parallel "$(env -u OMP_NUM_THREADS nproc)" || fail "the build failed"
}
