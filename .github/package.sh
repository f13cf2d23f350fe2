#!/bin/sh
# Makes the archive of a target, and its checksum:
#
#     .github/package.sh TARGET PROGRAM RUNNABLE OUT
#
# PROGRAM is what was built for the target. RUNNABLE is one that runs here: it writes the manual
# pages and the completion scripts, which are the same everywhere. With GNU tar, the same files
# give the same archive.
set -eu
target=$1
program=$2
runnable=$3
out=$4
here=$(cd "$(dirname "$0")/.." && pwd)
name=pipecat-$target

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
folder=$scratch/$name
mkdir -p "$folder/completions" "$out"
out=$(cd "$out" && pwd)

case "$target" in *-windows-*) executable=pipecat.exe ;; *) executable=pipecat ;; esac
cp "$program" "$folder/$executable"
chmod 755 "$folder/$executable"
cp "$here/LICENSE" "$here/README.md" "$here/.github/CHANGELOG.md" "$folder"
"$here/.github/licences.sh" "$target" >"$folder/THIRD-PARTY-LICENCES.txt"
cp "$here/.github/pcc-deploy.schema.json" "$folder"
# A folder for MANPATH.
"$runnable" man "$folder/man/man1"
"$runnable" completions bash >"$folder/completions/pipecat.bash"
"$runnable" completions zsh >"$folder/completions/_pipecat"
"$runnable" completions fish >"$folder/completions/pipecat.fish"
"$runnable" completions elvish >"$folder/completions/pipecat.elv"
"$runnable" completions powershell >"$folder/completions/pipecat.ps1"

# Times are the commit's: building again gives the same archive.
time=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
chmod -R u=rwX,go=rX "$folder"
find "$scratch" -exec touch -h -d "@$time" {} +
cd "$scratch"
case "$target" in
    *-windows-*)
        archive=$name.zip
        find "$name" -type f | LC_ALL=C sort | TZ=UTC zip -q -X "$out/$archive" -@
        ;;
    *)
        archive=$name.tar.gz
        tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" -cf - "$name" |
            gzip -n -9 >"$out/$archive"
        ;;
esac
cd "$out"
sha256sum "$archive" >"$archive.sha256"
