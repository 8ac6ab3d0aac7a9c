# Sourced by the other scripts: makes .venv from the lock file, once per change of the lock, and says what it does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }

find_python() {
  local name
  for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3 python; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s' "$name"
      return
    fi
  done
  say "deskhand needs Python 3.11 or newer, and none was found. Install it, or name one: PYTHON=/path/to/python $0"
  exit 1
}

# prepare LOCK: makes .venv hold exactly what LOCK names, and deskhand itself from this folder.
prepare() {
  local lock=$1 python stamp
  stamp=".venv/.$(basename "$lock").stamp"
  if [ ! -x .venv/bin/python ]; then
    python=$(find_python)
    say "Making .venv with $("$python" --version) ..."
    if ! "$python" -m venv .venv; then
      say "The module venv is missing. On Debian and Ubuntu: apt-get install python3-venv"
      exit 1
    fi
  fi
  if ! cmp -s "$stamp" <(cat "$lock" pyproject.toml); then
    say "Installing what $lock names into .venv (checked against its hashes) ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
    cat "$lock" pyproject.toml > "$stamp"
  fi
}
