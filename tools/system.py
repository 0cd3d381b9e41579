"""Installs the Debian packages that the tests need, or says exactly which ones are missing and how.

`make test` runs this first. Nothing is installed, and nothing asked, when everything is there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

FONTS = Path("/usr/share/fonts")
POSTGRES = Path("/usr/lib/postgresql")  # Debian keeps its tools off the PATH

# Debian package: how to see that it, or something as good, is there.
NEEDED: dict[str, Callable[[], object]] = {
    "redis-server": lambda: shutil.which("redis-server"),
    "postgresql": lambda: any(POSTGRES.glob("*/bin/initdb")) or shutil.which("initdb"),
    "nginx": lambda: shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"),
    "gettext-base": lambda: shutil.which("envsubst"),
    "openssl": lambda: shutil.which("openssl"),
    "docker-compose": lambda: shutil.which("docker-compose"),  # reads its files without Docker
    "chromium": lambda: shutil.which("chromium"),
    "ffmpeg": lambda: shutil.which("ffmpeg"),
    "fonts-noto-color-emoji": lambda: any(FONTS.rglob("NotoColorEmoji*.ttf")),
}


def main() -> int:
    missing = missing_packages()
    if not missing:
        return 0
    print(f"The tests need {', '.join(missing)}: installing.", flush=True)
    install(missing)
    missing = missing_packages()
    if missing:
        print(
            f"\nCould not install: {', '.join(missing)}.\n"
            f"Install by hand, then run `make test` again:\n"
            f"    sudo apt-get update && sudo apt-get install {' '.join(missing)}",
            file=sys.stderr,
        )
        return 1
    return 0


def missing_packages() -> list[str]:
    return [package for package, is_there in NEEDED.items() if not is_there()]


def install(packages: list[str]) -> None:
    """All at once; if that fails each alone, so that one bad package does not cost the others."""
    command = apt_get()
    if command is None:
        return
    run([*command, "update", "-qq"])
    if not run([*command, "install", "-y", "-qq", "--no-install-recommends", *packages]):
        for package in packages:
            run([*command, "install", "-y", "-qq", "--no-install-recommends", package])


def apt_get() -> list[str] | None:
    """apt-get as root, by sudo without a question, or None where there is neither."""
    tool = shutil.which("apt-get")
    if tool is None:
        print("There is no apt-get here (not a Debian machine).", file=sys.stderr)
        return None
    if os.geteuid() == 0:
        return [tool]
    sudo = shutil.which("sudo")
    if sudo is None or not run([sudo, "-n", "true"]):
        print("Installing needs root, or sudo without a password.", file=sys.stderr)
        return None
    return [sudo, "-n", "DEBIAN_FRONTEND=noninteractive", tool]


def run(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, env=environment, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
