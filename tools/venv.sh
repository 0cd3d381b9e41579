#!/bin/sh
# Makes .venv with the first Python of at least 3.11 and installs one locked requirements file.
# Usage: tools/venv.sh requirements.txt   (PYTHON=/path/to/python chooses another interpreter)
set -eu
requirements=$1
venv=.venv

fail() {
    printf '\n%s\n' "$1" >&2
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo "no python3 at all")
    fail "This needs Python 3.11 or newer, and here is ${PYTHON:-$found}.
On Debian 12 or newer: sudo apt-get install python3 python3-venv"
}

if ! { [ -x "$venv/bin/python" ] && new_enough "$venv/bin/python"; }; then
    python=$(find_python)
    if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        fail "Python $version here cannot make virtual environments: venv or ensurepip is missing.
On Debian: sudo apt-get install python$version-venv"
    fi
    echo "Making $venv with $("$python" --version) ..."
    rm -rf "$venv"
    "$python" -m venv "$venv" || fail "Python could not make $venv, see above."
fi

echo "Installing $requirements (locked, hashes checked) ..."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --require-hashes --requirement "$requirements" ||
    fail "The packages of $requirements could not be installed, see above. Is there a network?"
