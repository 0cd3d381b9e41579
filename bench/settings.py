"""The product's own settings for a benchmarked server; only what files it needs is elsewhere."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403 - all of them, then two of our own

# No page is asked for: an empty manifest in a directory of the run stands for collected files.
STATIC_ROOT = Path(os.environ["BENCH_STATIC_ROOT"])

ASGI_APPLICATION = os.environ["BENCH_APPLICATION"]
