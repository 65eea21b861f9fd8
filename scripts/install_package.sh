#!/usr/bin/env bash
# Installs one of Debian's packages, as root or with sudo. Fails without a word of its own where that cannot be done.
set -euo pipefail

command -v apt-get >/dev/null || exit 1
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || exit 1
    sudo -n true 2>/dev/null || [ -t 0 ] || exit 1 # without a terminal, sudo could not ask for the password
    as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
printf 'setup: installing the package %s\n' "$1" >&2
"${as_root[@]}" apt-get update -qq >&2
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "$1" >&2
