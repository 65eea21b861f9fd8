#!/usr/bin/env bash
# Makes .venv as uv.lock says, from nothing but Python 3.11 or newer. Does nothing when it is as it should be.
set -euo pipefail
cd "$(dirname "$0")/.."

uv_version=0.13.9
tools=.venv-bootstrap
stamp=.venv/.made-from

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

# The first interpreter that is new enough; PYTHON=/path/to/python chooses another.
find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    fail "no Python 3.11 or newer is found: install one, or name it as in 'make PYTHON=/path/to/python3.11'"
}

# Debian has the venv module in a package of its own.
ensure_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    local package
    package="python$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    scripts/install_package.sh "$package" ||
        fail "$1 has no venv module: install the package $package, or name another Python with 'make PYTHON=...'"
}

fingerprint() {
    "$1" - pyproject.toml uv.lock scripts/bootstrap.sh <<'PY'
import hashlib, pathlib, sys
digest = hashlib.sha256(sys.version.encode())
for name in sys.argv[1:]:
    digest.update(pathlib.Path(name).read_bytes())
print(digest.hexdigest())
PY
}

python=$(find_python)
wanted=$(fingerprint "$python")
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

if [ "$("$tools/bin/uv" --version 2>/dev/null | cut -d' ' -f2)" != "$uv_version" ]; then
    ensure_venv "$python"
    rm -rf "$tools"
    "$python" -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check "uv==$uv_version"
fi
unset VIRTUAL_ENV
# The system's authorities where it has any: they know an organisation's own proxy, which uv's do not.
if [ -e /etc/ssl/certs/ca-certificates.crt ] || [ "$(uname)" = Darwin ]; then
    export UV_SYSTEM_CERTS=true
fi
UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv "$tools/bin/uv" sync --locked --python "$python"
printf '%s\n' "$wanted" >"$stamp"
