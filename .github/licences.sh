#!/bin/sh
# Prints the licences of everything that is linked into the program for a target:
#
#     .github/licences.sh x86_64-unknown-linux-musl >THIRD-PARTY-LICENCES.txt
#
# The texts are those in the packages themselves; one that many share is printed once.
set -eu
cd "$(dirname "$0")/.."
target=$1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/texts" "$scratch/users"
tab=$(printf '\t')

cargo vendor --quiet --locked --versioned-dirs "$scratch/vendor" >/dev/null
# Build scripts and procedural macros run while building and are not part of the program, but a
# licence too many harms nobody.
cargo tree --locked --edges normal --target "$target" --prefix none --no-dedupe \
    --format "{p}$tab{l}$tab{r}" | sort -u >"$scratch/tree"

# keep FILE USER: the text under its checksum, and who uses it
keep() {
    sum=$(sha256sum <"$1" | cut -c 1-64)
    cp "$1" "$scratch/texts/$sum"
    printf '%s\n' "$2" >>"$scratch/users/$sum"
}

echo "pipecat is under the licence in LICENSE. The program contains the following packages."
echo
while IFS="$tab" read -r package licence repository; do
    name=${package%% *}
    version=${package#* v}
    version=${version%% *}
    folder=$scratch/vendor/$name-$version
    # The program itself is not among those.
    [ -d "$folder" ] || continue
    printf '%s %s: %s, %s\n' "$name" "$version" "$licence" "$repository"
    with_text=
    for file in "$folder"/*; do
        case "$(basename "$file" | tr '[:lower:]' '[:upper:]')" in
            LICENSE* | LICENCE* | COPYING* | COPYRIGHT* | NOTICE* | UNLICENSE*)
                [ -f "$file" ] || continue
                keep "$file" "$name $version"
                with_text=yes
                ;;
        esac
    done
    [ -n "$with_text" ] || {
        authors=$(sed -n 's/^authors = \[\(.*\)\]$/\1/p' "$folder/Cargo.toml" | tr -d '"')
        echo "    (its package holds no licence text; it is by ${authors:-its contributors})"
    }
done <"$scratch/tree"

# The standard library, and on Linux the C library, come with the toolchain.
echo "the Rust standard library: MIT OR Apache-2.0, https://github.com/rust-lang/rust"
for file in "$(rustc --print sysroot)"/share/doc/rust/LICENSE-*; do
    [ ! -f "$file" ] || keep "$file" "the Rust standard library"
done
case "$target" in *-musl) echo "musl: MIT, https://musl.libc.org" ;; esac

for users in "$scratch"/users/*; do
    echo
    echo "------------------------------------------------------------------------"
    sort -u "$users" | sed 's/^/for /'
    echo
    cat "$scratch/texts/$(basename "$users")"
done
