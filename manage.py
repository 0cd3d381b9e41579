#!/usr/bin/env python
"""Django's command line for this project."""

import gc
import os
import sys

GC_THRESHOLD = 50_000
"""What is imported lives for ever. Python's own 700 looks at it again and again while more is
imported: a sixth of a start."""


def main() -> None:
    """Run a command; wrong settings are one sentence, not a traceback."""
    gc.set_threshold(GC_THRESHOLD)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is missing: run `make run` once, or activate .venv.")
    try:
        import config.settings  # noqa: F401

        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
