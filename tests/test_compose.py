"""The compose file names only what there is: settings, services, files of the image."""

import re
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from tests.commands import ROOT, setting_names

COMPOSE = ROOT / "docker-compose.yml"


@pytest.fixture
def services() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"])


def test_every_variable_is_a_setting(services):
    named = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE.read_text(encoding="utf-8")))
    assert named
    assert named <= setting_names()
    assert set(services["app"]["environment"]) <= setting_names()


def test_every_service_that_is_waited_for_exists_and_tells_its_health(services):
    waited_for = {name for service in services.values() for name in service.get("depends_on", ())}
    assert waited_for
    assert waited_for <= set(services)
    assert all("healthcheck" in services[name] for name in waited_for)


def test_redis_is_reached_under_its_services_name(services):
    host = re.match(r"redis://([a-z]+):", services["app"]["environment"]["REDIS_URL"])
    assert host
    assert host[1] in services


def test_the_health_check_asks_the_port_that_the_image_serves(services):
    """It connects and asks for no address, so there is none to look up."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    port = re.search(r"^EXPOSE (\d+)$", dockerfile, re.MULTILINE)
    assert port
    assert f"('127.0.0.1', {port[1]})" in services["app"]["healthcheck"]["test"][-1]
    assert all(published.endswith(f":{port[1]}") for published in services["app"]["ports"])


def test_the_image_is_made_of_files_that_exist(services):
    folder = ROOT / services["app"]["build"]
    instructions = (folder / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (.+) \S+$", instructions, re.MULTILINE)
    assert copied
    for source in " ".join(copied).split():
        assert not PurePosixPath(source).is_absolute()
        assert (folder / source).exists(), source
