"""The systemd unit: what systemd itself says of it, and whether it fits the program."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import ROOT, setting_names
from tests.deploy.test_compose import DRAIN_S

UNIT = ROOT / "deploy" / "systemd" / "csw@.service"


@pytest.fixture
def unit() -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, strict=True)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string(UNIT.read_text(encoding="utf-8"))
    return parsed


def verify(folder: Path, text: str) -> str:
    """What systemd objects to; its paths are those of a machine on which we are installed."""
    here = folder / "csw@8001.service"
    here.write_text(text.replace("/opt/csw/.venv/bin/python", sys.executable), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(here)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stderr + ("" if done.returncode == 0 else f"exit code {done.returncode}")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
def test_systemd_takes_the_unit_and_would_notice_a_wrong_one(tmp_path: Path) -> None:
    text = UNIT.read_text(encoding="utf-8")
    assert str(UNIT.name) not in verify(tmp_path, text)
    assert "csw@8001.service" not in verify(tmp_path, text)
    assert "Retsart" in verify(tmp_path, text.replace("Restart=", "Retsart="))


def test_each_process_has_the_port_of_its_name(unit) -> None:
    told = dict(item.split("=", 1) for item in unit["Service"]["Environment"].split())
    assert told == {"DEBUG": "0", "PORT": "%i"}
    assert set(told) <= setting_names()
    assert unit["Service"]["ExecStart"].endswith("python manage.py serve --workers 1")


def test_a_process_is_given_the_time_to_drain(unit) -> None:
    assert unit["Service"]["KillSignal"] == "SIGTERM"
    assert int(unit["Service"]["TimeoutStopSec"]) >= 2 * DRAIN_S


def test_a_process_has_no_more_rights_than_it_needs(unit) -> None:
    service = unit["Service"]
    assert service["User"] != "root"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
