#!/bin/sh
# Prints the notes of a release: the changelog's section of the version, and how to install it from
# this repository. Fails where the changelog says nothing about it:
#
#     .github/notes.sh 0.1.0 owner/name
set -eu
cd "$(dirname "$0")"
version=$1
repository=$2

awk -v version="$version" '
    /^## / { inside = index($0, "## [" version "]") == 1; next }
    inside { text = text $0 "\n" }
    END {
        gsub(/^\n+|\n+$/, "", text)
        if (text == "") exit 1
        print text
    }
' CHANGELOG.md || { echo "error: CHANGELOG.md says nothing about $version" >&2; exit 1; }

cat <<END

### Install

On Linux and macOS, into \`~/.local/bin\`:

\`\`\`sh
curl --proto '=https' -fsSL https://github.com/$repository/releases/download/v$version/install.sh | PIPECAT_INSTALL_VERSION=$version sh
\`\`\`

On Windows, unpack the \`.zip\`. The wheels are for \`pip install\` and \`uv tool install\`, with the name of the downloaded file. Where a file came from can be checked:

\`\`\`sh
gh attestation verify --repo $repository pipecat-x86_64-unknown-linux-musl.tar.gz
\`\`\`
END
