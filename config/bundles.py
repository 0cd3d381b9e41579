"""Page scripts and sheets with all they import, each in one file: one request instead of many."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from django.conf import settings

logger = logging.getLogger(__name__)

PAGES: Final = re.compile(r"(?:js|css)/pages/[\w-]+\.(?:js|css)\Z")
IMPORTS: Final = re.compile(r"^@?import\b", re.MULTILINE)
LIMIT_S: Final = 60


def esbuild() -> str | None:
    """The bundler: what `npm ci` installed here, else the machine's; None if neither, or unwanted.

    npm's own launcher is not asked, since it needs Node; what it launches does not.
    """
    if not settings.BUNDLE:
        return None
    installed = sorted((settings.BASE_DIR / "node_modules" / "@esbuild").glob("*/bin/esbuild"))
    return str(installed[0]) if installed else shutil.which("esbuild")


def bundle_pages(sources: Mapping[str, Path], folder: Path) -> list[str]:
    """Write pages' scripts and sheets, by their names, into a folder, each with all it imports.

    What is no page's, or imports nothing, is left alone. Returns the names of the files written,
    source maps among them; none without a bundler: pages then load what they import piece by
    piece. Raises `CalledProcessError` where an import leads nowhere.
    """
    entries = {
        name: path
        for name, path in sources.items()
        if PAGES.match(name) and IMPORTS.search(path.read_text(encoding="utf-8"))
    }
    if not entries:
        return []
    program = esbuild()
    if program is None:
        logger.warning("Not bundled (no esbuild, or BUNDLE=0): pages load what they import.")
        return []
    options = ("--bundle", "--format=esm", "--target=es2022", "--minify", "--sourcemap")
    subprocess.run(  # noqa: S603 - our own files, a program that was installed for it
        [
            *(program, *options, "--log-level=warning", f"--outdir={folder}"),
            *(f"{Path(name).with_suffix('')}={path}" for name, path in entries.items()),
        ],
        check=True,
        timeout=LIMIT_S,
    )
    return [file for name in entries for file in (name, f"{name}.map")]
