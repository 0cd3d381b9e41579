"""Which files are generated, and whether they are what they should be."""

from pathlib import Path

from sync.core.limits import DEFAULT_LIMITS
from watchparty.wiregen import javascript, json_schema, markdown


def outputs() -> dict[str, str]:
    """Path below the project's root → the text that the file must have."""
    return {
        "static/js/protocol/protocol.js": javascript.render(DEFAULT_LIMITS),
        "docs/protocol.schema.json": json_schema.render(),
        "docs/protocol.md": markdown.render(DEFAULT_LIMITS),
    }


def stale(root: Path) -> list[str]:
    """The paths whose file is missing or has another text."""
    return [path for path, text in outputs().items() if _read(root / path) != text]


def write(root: Path) -> list[str]:
    """Write the stale files; returns their paths."""
    texts = outputs()
    written = stale(root)
    for path in written:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(texts[path], encoding="utf-8", newline="\n")
    return written


def _read(file: Path) -> str | None:
    try:
        return file.read_bytes().decode()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
