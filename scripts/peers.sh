#!/usr/bin/env bash
# Makes bench/peers/.venv as bench/peers/uv.lock says: what people use instead of Dunlin, apart from Dunlin's own .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=.venv-bootstrap/bin/uv
if [ ! -x "$uv" ]; then
    printf 'peers: %s is missing: remove .venv/.made-from and run make setup\n' "$uv" >&2
    exit 1
fi
unset VIRTUAL_ENV
if [ -e /etc/ssl/certs/ca-certificates.crt ] || [ "$(uname)" = Darwin ]; then
    export UV_SYSTEM_CERTS=true
fi
UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv \
    "$uv" sync --quiet --locked --project bench/peers --python "$PWD/.venv/bin/python"
