"""The tools behind make: what they say when something is missing."""

import os
import re
import stat
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.commands import ROOT, environment, run


def command(folder: Path, name: str, script: str) -> None:
    """A stand-in for a program of the machine."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A machine with a shell and nothing of ours."""
    for tool in ("sh", "sed", "dirname", "touch", "rm"):
        (tmp_path / tool).symlink_to(f"/bin/{tool}" if Path(f"/bin/{tool}").exists() else tool)
    return tmp_path


def system(folder: Path):
    return run([sys.executable, "tools/system.py"], {"PATH": str(folder)})


def test_a_package_that_cannot_be_installed_is_named_with_the_way_to_it(bare):
    command(bare, "apt-get", f'echo "$@" >> {bare}/asked; exit 100')
    command(bare, "sudo", 'case "$2" in true) exit 0;; esac; shift 2; exec "$@"')
    command(bare, "ffmpeg", "exit 0")
    done = system(bare)
    assert done.returncode == 1
    assert "Could not install: redis-server," in done.stderr
    assert "sudo apt-get update && sudo apt-get install redis-server" in done.stderr
    assert "ffmpeg" not in done.stderr
    if os.geteuid() == 0:
        asked = (bare / "asked").read_text().splitlines()
        assert sum(line.startswith("update") for line in asked) == 1


def test_a_machine_without_apt_is_told_what_to_install(bare):
    done = system(bare)
    assert done.returncode == 1
    assert "no apt-get here" in done.stderr
    assert "Could not install: redis-server," in done.stderr


def test_nothing_missing_says_and_does_nothing(tmp_path):
    command(tmp_path, "apt-get", f"touch {tmp_path}/asked")
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = run([sys.executable, "tools/system.py"], {"PATH": path})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (tmp_path / "asked").exists()


def venv(folder: Path, project: Path):
    script = str(ROOT / "tools" / "venv.sh")
    shell = f"cd {project} && exec sh {script} requirements.txt"
    return run(["/bin/sh", "-c", shell], {"PATH": str(folder)})


def test_an_old_python_is_refused_in_a_sentence(bare, tmp_path):
    command(bare, "python3", 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac')
    done = venv(bare, tmp_path)
    assert done.returncode == 1
    assert "This needs Python 3.11 or newer, and here is Python 3.9.2." in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr


def test_no_python_at_all_is_refused_in_a_sentence(bare, tmp_path):
    done = venv(bare, tmp_path)
    assert done.returncode == 1
    assert "here is no python3 at all" in done.stderr


def test_a_python_without_venv_names_the_debian_package(bare, tmp_path):
    command(
        bare,
        "python3",
        'case "$2" in *version_info\\ \\<*) exit 0;; *ensurepip*) exit 1;; *) echo 3.12;; esac',
    )
    done = venv(bare, tmp_path)
    assert done.returncode == 1
    assert "sudo apt-get install python3.12-venv" in done.stderr


def test_a_node_of_the_wheel_serves_where_the_machine_has_none(bare):
    done = run([sys.executable, "tools/node.py"], {**environment(), "PATH": str(bare)})
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.strip())
    version = run([str(folder / "node"), "--version"], {"PATH": "/bin"})
    assert version.stdout.startswith("v2")
    assert run([str(folder / "npm"), "--version"], {"PATH": f"{folder}:/bin"}).returncode == 0


def test_an_old_node_is_passed_over(bare):
    command(bare, "node", "echo v18.20.0")
    command(bare, "npm", "echo 9")
    done = run([sys.executable, "tools/node.py"], {**environment(), "PATH": str(bare)})
    assert done.stdout.strip() != str(bare)


def test_make_runs_every_kind_of_test_exactly_once():
    asked = re.findall(r'pytest -m "(.+)"(.*)', (ROOT / "Makefile").read_text(encoding="utf-8"))
    for marked in product((True, False), repeat=3):
        marks = dict(zip(("browser", "slow", "beside"), marked, strict=True))
        chosen = [rest.strip() for words, rest in asked if eval(words, {}, marks)]
        # By one session, or by several that share the files: each some, and one all others.
        others = [rest for rest in chosen if not rest.startswith("$(") or "ignore" in rest]
        named = sorted(set(chosen) - set(others))
        assert others == ([f"$(addprefix --ignore=,{' '.join(named)})"] if named else [""]), marks
        assert len(chosen) == len(set(chosen))
