#!/bin/sh
# Prints the changelog's section of a version, and fails where there is none:
#
#     .github/notes.sh 0.1.0
set -eu
cd "$(dirname "$0")"
awk -v version="$1" '
    /^## / { inside = index($0, "## [" version "]") == 1; next }
    inside { text = text $0 "\n" }
    END {
        gsub(/^\n+|\n+$/, "", text)
        if (text == "") exit 1
        print text
    }
' CHANGELOG.md || { echo "error: CHANGELOG.md says nothing about $1" >&2; exit 1; }
