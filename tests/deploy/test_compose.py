"""The compose file names only what there is: settings, services, files of the image."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from tests.commands import PRODUCTION, ROOT, setting_names
from tests.test_serve import serving

COMPOSE = ROOT / "docker-compose.yml"


@pytest.fixture
def services() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"])


def test_every_variable_is_a_setting(services):
    named = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE.read_text(encoding="utf-8")))
    assert named
    assert named <= setting_names()
    assert set(services["app"]["environment"]) <= setting_names()


def test_all_that_signing_in_is_set_with_reaches_the_server(services):
    signing_in = {name for name in setting_names() if re.match(r"WS_AUTH$|JWT_", name)}
    assert {"WS_AUTH", "JWT_KEY", "JWT_AUDIENCE"} <= signing_in
    passed = services["app"]["environment"]
    assert {name: passed.get(name) for name in signing_in} == {
        name: f"${{{name}:-}}" for name in signing_in
    }


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
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    port = re.search(r"^EXPOSE (\d+)$", dockerfile, re.MULTILINE)
    assert port
    assert f"http://127.0.0.1:{port[1]}/api/health" in services["app"]["healthcheck"]["test"][-1]
    assert all(published.endswith(f":{port[1]}") for published in services["app"]["ports"])


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Where a server is well."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, ALLOWED_HOSTS=PRODUCTION["ALLOWED_HOSTS"]) as (_, address):
        yield address


@pytest.mark.parametrize(("hosts", "healthy"), [("example.org,localhost", True), ("else", False)])
def test_the_health_check_passes_a_server_that_is_well(services, address, hosts, healthy):
    """It asks by the first name of ALLOWED_HOSTS; a server of other names says no."""
    kind, *command = services["app"]["healthcheck"]["test"]
    assert kind == "CMD"
    here = [part.replace("http://127.0.0.1:8000", address) for part in command]
    assert here != command
    asked = subprocess.run(
        [sys.executable, *here[1:]],
        env={"ALLOWED_HOSTS": hosts},
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert (asked.returncode == 0) is healthy, asked.stderr


def test_the_image_is_made_of_files_that_exist(services):
    folder = ROOT / services["app"]["build"]
    instructions = (folder / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", instructions, re.MULTILINE)
    assert copied
    for source in " ".join(copied).split():
        assert not PurePosixPath(source).is_absolute()
        assert (folder / source).exists(), source
