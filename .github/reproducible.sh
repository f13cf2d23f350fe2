#!/bin/sh
# Runs a build so that the same commit gives the same file wherever it is built:
#
#     .github/reproducible.sh cargo build --locked --release --target x86_64-unknown-linux-musl
#
# The paths of the clone, of cargo's folder and of the toolchain stay out of what is built, and
# times are the commit's. What it depends on still: the commit, the target, the versions of Rust
# and of the C compiler and linker.
set -eu
cd "$(dirname "$0")/.."

# Programs on Windows do not know the paths of the shell there.
native() {
    if command -v cygpath >/dev/null 2>&1; then cygpath -w "$1"; else printf '%s\n' "$1"; fi
}

clone=$(native "$(pwd -P)")
cargo_home=$(native "${CARGO_HOME:-$HOME/.cargo}")
toolchain=$(rustc --print sysroot)

RUSTFLAGS="--remap-path-prefix=$clone=/pipecat --remap-path-prefix=$cargo_home=/cargo"
RUSTFLAGS="$RUSTFLAGS --remap-path-prefix=$toolchain=/rust"
case "$(uname -s)" in
    # No runtime to be installed first, and no time of the build in the file.
    MINGW* | MSYS* | CYGWIN*) RUSTFLAGS="$RUSTFLAGS -C target-feature=+crt-static -C link-arg=/Brepro" ;;
    *)
        CFLAGS="-ffile-prefix-map=$clone=/pipecat -ffile-prefix-map=$cargo_home=/cargo ${CFLAGS:-}"
        export CFLAGS
        ;;
esac
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export RUSTFLAGS SOURCE_DATE_EPOCH
exec "$@"
