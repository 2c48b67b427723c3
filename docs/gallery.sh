#!/usr/bin/env bash
# Makes every picture of docs/gallery.md from its option file:
# bash docs/gallery.sh [HYPOCO [FOLDER]]
# HYPOCO is the program (default: the one along PATH),
# FOLDER takes the pictures (default: docs/gallery).
# With REPEAT=1 every run is also repeated and compared by `hypoco rerun`.
# With QUICK=1 the runs are smaller, and one of each command is repeated.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
hypoco=${1:-hypoco}
folder=${2:-$root/docs/gallery}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
command -v "$hypoco" >/dev/null ||
  { echo "gallery.sh: no program '$hypoco'; give its path: bash docs/gallery.sh build/hypoco"
    exit 2; } >&2
hypoco=$(readlink -f "$(command -v "$hypoco")")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

declare -A repeated draw pictures
while IFS='|' read -r name command file options what suffix quick; do
  name=${name// /} command=${command// /} file=${file// /} what=${what// /} suffix=${suffix// /}
  [ -n "$name" ] && [ "${name:0:1}" != '#' ] || continue
  [ -z "${QUICK:-}" ] || [ -z "${quick// /}" ] || options=$quick
  read -ra options <<<"$options"
  "$hypoco" "$command" "$root/runs/$file" "${options[@]}" -output "$name.h5" -json "$name.json" \
    >"$name.log" 2>&1 ||
    { echo "gallery.sh: $name failed" >&2; cat "$name.log" >&2; exit 1; }
  draw[$what]+=" $name.h5"
  pictures[$name]=$name-$suffix.png
  [ -z "${REPEAT:-}" ] || { [ -n "${QUICK:-}" ] && [ -n "${repeated[$command]:-}" ]; } && continue
  repeated[$command]=1
  "$hypoco" rerun "$name.h5" | tail -1
done <"$root/docs/gallery/cases.txt"
for what in "${!draw[@]}"; do
  read -ra files <<<"${draw[$what]}"
  "$hypoco" plot "${files[@]}" -what "$what" -format png -resolution 150 >/dev/null
done
for name in "${!pictures[@]}"; do
  cp "${pictures[$name]}" "$folder/$name.png"
  echo "$folder/$name.png"
done
