#!/bin/sh
# Puts into a wheel what maturin, from Cargo.toml alone, makes it without: licences, manual pages,
# completion scripts, and a word in its description about the name of the program:
#
#     .github/wheel.sh TARGET WHEEL OUT RUNNABLE
#
# RUNNABLE is a program that runs here: it writes the pages and scripts. Needs `wheel` from PyPI.
set -eu
target=$1
wheel=$2
out=$3
runnable=$4
here=$(cd "$(dirname "$0")/.." && pwd)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$out"

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
python3 -m wheel unpack --dest "$scratch/wheel" "$wheel" >/dev/null

cat >"$scratch/notice" <<'END'
> This package and the official CLI (`pipecat-ai-cli`) both install a program called `pipecat`, and an environment has room for one of them: `pip` overwrites the file of the other, and `uv tool install` refuses. Give each an environment of its own, and name the official program in `PIPECAT_OFFICIAL_CLI`: what this one does not do is then handed over to it.

END

# Links of the README lead into the repository, where that is known; its pictures stay there.
repository=$(sed -n 's|^repository = "\(.*\)"$|\1|p' "$here/Cargo.toml")
version=$(sed -n 's|^version = "\(.*\)"$|\1|p' "$here/Cargo.toml" | head -n 1)
if [ -n "$repository" ]; then
    links="s|\\]\\(([A-Za-z.][^):]*)\\)|]($repository/blob/v$version/\\1)|g"
else
    links='s/\[([^]]*)\]\([A-Za-z.][^):]*\)/\1/g'
fi

# What is in `data` goes below the environment's own folder.
share() {
    share=$1/data/share
    "$runnable" man "$share/man/man1" >/dev/null
    mkdir -p "$share/bash-completion/completions" "$share/zsh/site-functions" "$share/fish/vendor_completions.d"
    "$runnable" completions bash >"$share/bash-completion/completions/pipecat"
    "$runnable" completions zsh >"$share/zsh/site-functions/_pipecat"
    "$runnable" completions fish >"$share/fish/vendor_completions.d/pipecat.fish"
}

for folder in "$scratch"/wheel/*/*.dist-info; do
    mkdir -p "$folder/licenses"
    cp "$here/LICENSE" "$folder/licenses"
    "$here/.github/licences.sh" "$target" >"$folder/licenses/THIRD-PARTY-LICENCES.txt"
    printf 'License-File: %s\n' LICENSE THIRD-PARTY-LICENCES.txt >"$scratch/headers"
    sed "1r $scratch/headers" "$folder/METADATA" >"$scratch/metadata"
    {
        sed '/^$/q' "$scratch/metadata"
        cat "$scratch/notice"
        sed '1,/^$/d' "$scratch/metadata" | sed '/^!\[/,/^$/d' | sed -E "$links"
    } >"$folder/METADATA"
    case "$target" in *-windows-*) ;; *) share "${folder%.dist-info}.data" ;; esac
done
python3 -m wheel pack --dest-dir "$out" "$scratch"/wheel/*/ >/dev/null
