#!/bin/sh
# Installs pipecat from a release: finds out the platform, downloads the archive and its checksum,
# verifies, and puts one file into place. POSIX sh with curl or GNU Wget, tar, and a SHA-256 tool.
#
# The install.sh of a release knows where that is; that of a clone looks for `repository` in
# Cargo.toml. Otherwise, one of these says it:
#   PIPECAT_INSTALL_REPOSITORY   owner/name on GitHub
#   PIPECAT_INSTALL_BASE_URL     the folder with the archives, for a mirror; beats the repository
# Beside them:
#   PIPECAT_INSTALL_VERSION      of the repository's releases, this one (0.1.0); else the latest
#   PIPECAT_INSTALL_DIR          where the program goes; else ~/.local/bin
#   PIPECAT_INSTALL_TARGET       another platform than the one found (x86_64-unknown-linux-musl …)
set -eu

# Filled in when a release is made.
released_from=""

say() { printf '%s\n' "$*" >&2; }

die() {
    say "error: $1"
    [ -z "${2:-}" ] || say "hint: $2"
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

find_target() {
    system=$(uname -s)
    machine=$(uname -m)
    # A shell that runs translated on an Apple processor says x86_64.
    if [ "$system" = Darwin ] && [ "$(sysctl -n hw.optional.arm64 2>/dev/null || true)" = 1 ]; then
        machine=arm64
    fi
    case "$machine" in
        x86_64 | amd64) machine=x86_64 ;;
        aarch64 | arm64) machine=aarch64 ;;
        *) die "there is no build for $system on $machine" "cargo install --locked --path ." ;;
    esac
    case "$system" in
        Linux) printf '%s-unknown-linux-musl\n' "$machine" ;;
        Darwin) printf '%s-apple-darwin\n' "$machine" ;;
        *)
            die "this script does not know $system" \
                "on Windows, take the .zip of the release; elsewhere, cargo install --locked --path ."
            ;;
    esac
}

# The manifest of the clone that this script is in, if it is in one.
find_manifest() {
    # Piped into a shell, it has no place of its own.
    case "$0" in install.sh | */install.sh) ;; *) return 0 ;; esac
    folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
    case "$folder" in */.github) ;; *) return 0 ;; esac
    manifest=${folder%/.github}/Cargo.toml
    ! grep -qxF 'name = "pipecat-cloud-cli"' "$manifest" 2>/dev/null || printf '%s\n' "$manifest"
}

find_repository() {
    repository=${PIPECAT_INSTALL_REPOSITORY:-$released_from}
    manifest=
    [ -n "$repository" ] || manifest=$(find_manifest)
    if [ -n "$manifest" ]; then
        repository=$(sed -n 's|^repository = "https://github\.com/\(.*\)"$|\1|p' "$manifest")
        [ -n "$repository" ] ||
            die "this clone knows of no releases: its Cargo.toml names no repository on GitHub" \
                "cargo install --locked --path ."
    fi
    printf '%s\n' "$repository"
}

find_base() {
    base=${PIPECAT_INSTALL_BASE_URL:-}
    if [ -z "$base" ]; then
        repository=$(find_repository) || exit 1
        case "$repository" in
            "")
                die "where should pipecat be downloaded from?" \
                    "set PIPECAT_INSTALL_REPOSITORY=owner/name or PIPECAT_INSTALL_BASE_URL"
                ;;
            */*/* | /* | */ | ./* | ../* | */. | */.. | *[!A-Za-z0-9._/-]*)
                die "\`$repository\` is not of the form owner/name" ;;
            */*) ;;
            *) die "\`$repository\` is not of the form owner/name" ;;
        esac
        base=https://github.com/$repository/releases
        if [ -n "${PIPECAT_INSTALL_VERSION:-}" ]; then
            base=$base/download/v${PIPECAT_INSTALL_VERSION#v}
        else
            base=$base/latest/download
        fi
    fi
    # The checksum comes from the same place: it is worth what the connection is worth.
    case "$base" in
        https://*) ;;
        http://127.0.0.1[:/]* | http://localhost[:/]* | "http://[::1]"[:/]*) ;;
        *) die "\`$base\` is not an https address" ;;
    esac
    printf '%s\n' "${base%/}"
}

# Whether what answers to the name of wget can be kept from following redirects. That of BusyBox
# knows no such option, and Wget2 follows in spite of it.
has_wget() {
    case "$(wget --version 2>/dev/null | head -n 1)" in "GNU Wget 1."*) ;; *) return 1 ;; esac
}

# wget_by_steps ADDRESS FILE: wget follows redirects to wherever they lead, so each is looked at.
wget_by_steps() {
    address=$1
    steps=0
    until wget -q -S --max-redirect=0 -O "$2" "$address" 2>"$scratch/answer"; do
        place=$(sed -n 's/^ *[Ll]ocation: *//p' "$scratch/answer" | tr -d '\r' | tail -n 1)
        case "$place" in
            //*) place=${address%%:*}:$place ;;
            /*) place=$(printf '%s\n' "$address" | cut -d / -f 1-3)$place ;;
        esac
        steps=$((steps + 1))
        case "$place" in https://*) ;; *) return 1 ;; esac
        [ "$steps" -le 10 ] || return 1
        address=$place
    done
}

# download ADDRESS FILE. Redirects lead to https and nowhere else: what comes is run.
download() {
    if has curl; then
        curl --proto-redir '=https' --retry 2 -fsSL -o "$2" "$1"
    else
        wget_by_steps "$1" "$2"
    fi || die "could not download $1" "is there such a release, and can this machine reach it?"
}

sha256() {
    if has sha256sum; then
        sha256sum <"$1"
    elif has shasum; then
        shasum -a 256 <"$1"
    else
        openssl dgst -sha256 -r <"$1"
    fi | cut -c 1-64
}

# Whether a file is this program, as far as can be seen without running it. The official CLI has a
# file of the same name, which is a script.
is_ours() {
    [ "$(head -c 2 "$1" 2>/dev/null)" != '#!' ] && LC_ALL=C grep -q pipecat-cloud-cli "$1" 2>/dev/null
}

# keep_aside FILE: copies somebody else's file to a name of its own, and says so.
keep_aside() {
    kept=$1.official
    number=1
    while [ -e "$kept" ] || [ -L "$kept" ]; do
        number=$((number + 1))
        kept=$1.official.$number
    done
    cp -pP "$1" "$kept" || die "cannot keep $1, which is another program, as $kept; nothing was installed"
    say "$1 was another program, most likely the official CLI: it is $kept now"
    say "what this one does not do is handed over to it with this line in your shell's profile:"
    say "    export PIPECAT_OFFICIAL_CLI=\"$kept\""
}

main() {
    has curl || has_wget ||
        die "there is neither curl nor a wget that can be kept to https" "install curl or GNU Wget"
    has sha256sum || has shasum || has openssl ||
        die "there is nothing to verify the checksum with" "install sha256sum, shasum or openssl"
    has tar || die "tar is not installed"

    target=${PIPECAT_INSTALL_TARGET:-$(find_target)}
    base=$(find_base)
    directory=${PIPECAT_INSTALL_DIR:-${HOME:?}/.local/bin}
    name=pipecat-$target
    archive=$name.tar.gz

    scratch=$(mktemp -d)
    staged=
    trap 'rm -rf "$scratch"; [ -z "$staged" ] || rm -f "$staged"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM

    say "downloading $base/$archive"
    download "$base/$archive.sha256" "$scratch/checksum"
    download "$base/$archive" "$scratch/$archive"

    expected=$(cut -c 1-64 <"$scratch/checksum" | head -n 1 | tr 'A-F' 'a-f')
    case "$expected" in
        *[!0-9a-f]* | "") die "$archive.sha256 does not hold a SHA-256 checksum" ;;
    esac
    found=$(sha256 "$scratch/$archive")
    [ "$expected" = "$found" ] ||
        die "the checksum of $archive is $found, and should be $expected; nothing was installed" \
            "try again; if it stays so, report it and do not use the file"

    tar -xzf "$scratch/$archive" -C "$scratch" "$name/pipecat" ||
        die "$archive does not hold $name/pipecat"
    chmod 755 "$scratch/$name/pipecat"
    # Under this name first, so that a running or half-written program is never in its place.
    mkdir -p "$directory"
    staged=$directory/.pipecat.$$
    cp "$scratch/$name/pipecat" "$staged"
    program=$directory/pipecat
    [ ! -d "$program" ] || die "$program is a folder, and in the way; nothing was installed"
    if [ -e "$program" ] || [ -L "$program" ]; then
        is_ours "$program" || keep_aside "$program"
    fi
    mv -f "$staged" "$program"
    staged=

    say "installed $("$program" --version 2>/dev/null || echo pipecat) as $program"
    case ":${PATH:-}:" in
        *":$directory:"*) ;;
        *)
            say "$directory is not on PATH; add this line to your shell's profile:"
            say "    export PATH=\"$directory:\$PATH\""
            ;;
    esac
}

# All of it is read before anything is done: half a script from a broken pipe does nothing.
main
