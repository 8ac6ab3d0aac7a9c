# Sourced by the other scripts: makes .venv from a lock file, once per change of the lock, and says what it does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Many processes are started: each of them would compile everything again where it may not keep what it compiled (git ignores that).
unset PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  local name
  for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3 python; do
    if command -v "$name" >/dev/null 2>&1 && is_new_enough "$name"; then
      printf '%s' "$name"
      return
    fi
  done
  say "deskhand needs Python 3.11 or newer, and found none; python3 here is: $(python3 --version 2>/dev/null || echo missing)."
  say "Install it (Debian, Ubuntu: apt-get install python3.11 python3.11-venv), or name one: PYTHON=/path/to/python $0"
  exit 1
}

make_venv() {
  local python
  python=$(find_python)
  say "Making .venv with $("$python" --version) ..."
  # A venv without pip is what is left where the system's Python comes without its venv package.
  if ! "$python" -m venv --clear .venv >&2 || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf .venv
    say "Python's module venv is missing or has no pip. Debian, Ubuntu: apt-get install python3-venv"
    exit 1
  fi
}

# Only errors are shown: pip's warnings speak of the machine's own settings.
pip_install() { .venv/bin/python -m pip install -qq --disable-pip-version-check "$@"; }

wanted() { cat "$1" pyproject.toml; }

holds() { cmp -s ".venv/.$1.stamp" <(wanted "$1"); }

# prepare LOCK: makes .venv hold what LOCK names, and deskhand itself from this folder. Quiet where that is so already.
# The lock of the developers holds all of the other one, so either will do for requirements.lock.
prepare() {
  local lock=$1
  if [ ! -x .venv/bin/python ] || ! is_new_enough .venv/bin/python; then make_venv; fi
  if holds "$lock" || { [ "$lock" = requirements.lock ] && holds requirements-dev.lock; }; then return; fi
  say "Installing the packages that $lock names into .venv, each checked against its hash; half a minute or so ..."
  pip_install --require-hashes --requirement "$lock" || { say "That needs the network, this once: the reason stands above."; exit 1; }
  say "Installing deskhand itself from this folder ..."
  pip_install --no-deps --no-build-isolation --editable .
  wanted "$lock" > ".venv/.$lock.stamp"
}
