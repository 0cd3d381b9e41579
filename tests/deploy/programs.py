"""Programs that only check what is in deploy/, from the environment of the tests or the machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.commands import ROOT, environment


def program(name: str) -> str:
    """Where it is; packages of the tests bring theirs along."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert found, f"{name} is missing: make test installs it"
    return found


def compose(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Docker's compose, which reads its files without any Docker to run them."""
    return subprocess.run(
        [program("docker-compose"), *arguments],
        cwd=ROOT,
        env=environment(**settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
