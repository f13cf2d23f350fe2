#!/bin/sh
# Puts the licences into a wheel, which from Cargo.toml alone maturin makes without them:
#
#     .github/wheel.sh TARGET WHEEL OUT
#
# Needs `wheel` from PyPI.
set -eu
target=$1
wheel=$2
out=$3
here=$(cd "$(dirname "$0")/.." && pwd)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$out"

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
python3 -m wheel unpack --dest "$scratch" "$wheel" >/dev/null
for folder in "$scratch"/*/*.dist-info; do
    mkdir -p "$folder/licenses"
    cp "$here/LICENSE" "$folder/licenses"
    "$here/.github/licences.sh" "$target" >"$folder/licenses/THIRD-PARTY-LICENCES.txt"
    printf 'License-File: %s\n' LICENSE THIRD-PARTY-LICENCES.txt >"$scratch/headers"
    sed "1r $scratch/headers" "$folder/METADATA" >"$scratch/metadata"
    cat "$scratch/metadata" >"$folder/METADATA"
done
python3 -m wheel pack --dest-dir "$out" "$scratch"/*/ >/dev/null
