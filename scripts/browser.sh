#!/usr/bin/env bash
# Prints the path of a Chromium or Chrome for the tests of pages; with --install it installs Debian's where none is.
set -euo pipefail
cd "$(dirname "$0")/.."

find_browser() {
    local candidate
    for candidate in "${BROWSER_PATH:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        [ -n "$candidate" ] && command -v "$candidate" && return
    done
    return 1
}

find_browser && exit 0
[ "${1:-}" = --install ] && scripts/install_package.sh chromium && find_browser && exit 0
printf 'no Chromium or Chrome is found for the tests of pages: install one, or set BROWSER_PATH\n' >&2
exit 1
