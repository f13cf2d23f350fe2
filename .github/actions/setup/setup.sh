#!/usr/bin/env bash
# What the action does. It is told by the runner's own variables, and by these:
#   VERSION      the version, or a tag of it (v0.1.0)
#   REPOSITORY   owner/name on GitHub, where the release is
#   PROVENANCE   false: do not check where the archive was built
#   PIPECAT_INSTALL_BASE_URL   the folder with the archives, for a mirror
set -euo pipefail

fail() {
    echo "::error title=Set up pipecat::$1"
    exit 1
}

version=${VERSION#v}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] ||
    fail "\`$version\` is no version: name one, as in \`version: 0.1.0\`"

case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    # Windows on ARM runs it as well.
    Windows-X64 | Windows-ARM64) target=x86_64-pc-windows-msvc ;;
    *) fail "there is no build for $RUNNER_OS on $RUNNER_ARCH" ;;
esac
name=pipecat-$target
case "$RUNNER_OS" in
    Windows) archive=$name.zip program=pipecat.exe ;;
    *) archive=$name.tar.gz program=pipecat ;;
esac

base=${PIPECAT_INSTALL_BASE_URL:-${GITHUB_SERVER_URL:-https://github.com}/$REPOSITORY/releases/download/v$version}
case "$base" in
    https://* | http://127.0.0.1[:/]*) ;;
    *) fail "\`$base\` is not an https address" ;;
esac

download() {
    curl --proto-redir '=https' --retry 3 -fsSL -o "$1" "${base%/}/$1" ||
        fail "could not download ${base%/}/$1: is there such a release?"
}

sha256() {
    if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -c 1-64
}

install() {
    download "$archive.sha256"
    download "$archive"
    expected=$(cut -c 1-64 <"$archive.sha256")
    found=$(sha256 "$archive")
    [ "$found" = "$expected" ] || fail "the checksum of $archive is $found, and should be $expected"
    if [ "${PROVENANCE:-true}" != false ]; then
        command -v gh >/dev/null ||
            fail "there is no GitHub CLI to check the provenance with: install gh, or set \`provenance: false\`"
        gh attestation verify "$archive" --repo "$REPOSITORY" \
            --signer-workflow "$REPOSITORY/.github/workflows/release.yml" ||
            fail "nobody vouches that $archive was built by the release of $REPOSITORY"
    fi
    case "$archive" in
        *.zip) unzip -q "$archive" ;;
        *) tar -xzf "$archive" ;;
    esac
    chmod 755 "$name/$program"
    # It may be genuine, and another one than was asked for.
    case "$("$name/$program" --version)" in
        *" $version") ;;
        *) fail "$archive does not hold the version $version" ;;
    esac
    mkdir -p "$folder"
    mv -f "$name/$program" "$folder/$program"
    : >"$folder.complete"
}

# Where the runner's own actions keep tools: what is marked as complete is whole.
folder=$RUNNER_TOOL_CACHE/pipecat/$version/$RUNNER_ARCH
if [ ! -f "$folder.complete" ]; then
    scratch=$(mktemp -d "$RUNNER_TEMP/pipecat-XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    cd "$scratch"
    install
    cd "$RUNNER_TEMP"
fi

"$folder/$program" --version
echo "$folder" >>"$GITHUB_PATH"
{
    echo "version=$version"
    echo "path=$folder/$program"
} >>"$GITHUB_OUTPUT"
