"""The compose files name only what there is: settings, services, files of the images."""

import re
from typing import Any

import pytest
import yaml

from tests.commands import ROOT, setting_names
from tests.deploy.programs import compose
from watchparty.serving.server import GRACE_S

BASE, PROD = "docker-compose.yml", "docker-compose.prod.yml"
BOTH = ("-f", BASE, "-f", PROD)
SECRET_KEY = "a-key-for-tests-that-is-long-enough-and-signs-nothing-0123456789"
REAL = {
    "SECRET_KEY": SECRET_KEY,
    "ALLOWED_HOSTS": "example.org",
    "POSTGRES_PASSWORD": "abc123",
    "CERTIFICATE": "./certificate.pem",
    "CERTIFICATE_KEY": "./key.pem",
    "PORT": "80",
}
OTHERS_VARIABLES = {"POSTGRES_PASSWORD", "CERTIFICATE", "CERTIFICATE_KEY"}
"""Not of our settings: of PostgreSQL's image, and files of the machine."""
DRAIN_S = 10


def written(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / name).read_text(encoding="utf-8")))


def nginx_variables() -> set[str]:
    example = (ROOT / "deploy" / "nginx" / "nginx.env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))


@pytest.fixture
def services() -> dict[str, Any]:
    return dict(written(BASE)["services"])


@pytest.mark.parametrize("name", [BASE, PROD])
def test_every_variable_is_a_setting(name: str) -> None:
    named = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / name).read_text(encoding="utf-8")))
    assert named
    assert named <= setting_names() | nginx_variables() | OTHERS_VARIABLES
    for service, known in {
        "app": setting_names(),
        "migrate": setting_names(),
        "nginx": nginx_variables(),
    }.items():
        assert set(written(name)["services"][service].get("environment", ())) <= known, service


def test_all_that_signing_in_is_set_with_reaches_the_server(services) -> None:
    signing_in = {name for name in setting_names() if re.match(r"WS_AUTH$|JWT_", name)}
    assert {"WS_AUTH", "JWT_KEY", "JWT_AUDIENCE"} <= signing_in
    passed = services["app"]["environment"]
    assert {name: passed.get(name) for name in signing_in} == {
        name: f"${{{name}:-}}" for name in signing_in
    }


def test_every_service_that_is_waited_for_exists_and_tells_its_health(services) -> None:
    images = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("\nFROM ")
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in services, name
            if how["condition"] == "service_completed_successfully":
                assert "restart" not in services[other]
                continue
            assert how["condition"] == "service_healthy"
            stage = services[other].get("build", {}).get("target")
            image = next((text for text in images if text.split("\n")[0].endswith(f" {stage}")), "")
            assert "healthcheck" in services[other] or "\nHEALTHCHECK " in image, other


def test_redis_and_postgresql_are_reached_under_their_services_names(services) -> None:
    told = services["app"]["environment"]
    assert "redis://redis:6379/" in told["REDIS_URL"]
    assert told["DATABASE_URL"].startswith("postgresql://csw:")
    assert "@postgres:5432/csw" in told["DATABASE_URL"]
    assert {"redis", "postgres"} <= set(services)
    database = services["postgres"]["environment"]
    assert (database["POSTGRES_USER"], database["POSTGRES_DB"]) == ("csw", "csw")


def test_servers_may_be_as_many_as_one_likes(services) -> None:
    app = services["app"]
    assert app["deploy"]["replicas"] == 3
    # Each of these is something that only one container can have.
    assert not {"ports", "container_name", "hostname", "volumes"} & set(app)
    assert "INSTANCE_ID" not in app["environment"]
    published = [name for name, service in services.items() if "ports" in service]
    assert published == ["nginx"]
    assert not any("container_name" in service for service in services.values())


def test_nginx_finds_the_replicas_by_dockers_dns(services) -> None:
    told = services["nginx"]["environment"]["CSW_SERVERS"]
    port = re.search(r"\bPORT=(\d+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert port
    assert told == (
        f"resolver 127.0.0.11 valid=5s ipv6=off; server app:{port[1]} resolve max_fails=0;"
    )


@pytest.mark.parametrize("name", ["app", "migrate", "nginx"])
def test_our_containers_have_no_more_rights_than_they_need(services, name: str) -> None:
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_a_server_is_given_the_time_to_drain(services) -> None:
    assert GRACE_S < DRAIN_S
    assert int(services["app"]["stop_grace_period"].removesuffix("s")) >= 2 * DRAIN_S


@pytest.mark.slow
@pytest.mark.beside
def test_compose_takes_the_file_and_asks_for_a_key() -> None:
    done = compose("-f", BASE, "config", "--quiet", SECRET_KEY=SECRET_KEY)
    assert done.returncode == 0, done.stderr
    refused = compose("-f", BASE, "config", "--quiet")
    assert refused.returncode != 0
    assert "make one with python3" in refused.stderr


@pytest.mark.parametrize("name", sorted(REAL.keys() - {"PORT", "SECRET_KEY"}))
def test_a_real_site_is_not_started_without(name: str) -> None:
    assert f"${{{name}:?" in (ROOT / PROD).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.beside
def test_a_real_site_ends_tls_in_nginx_and_keeps_its_data() -> None:
    done = compose(*BOTH, "config", **REAL)
    assert done.returncode == 0, done.stderr
    services = yaml.safe_load(done.stdout)["services"]
    assert {str(services[name]["environment"]["HTTPS"]) for name in ("app", "migrate")} == {"1"}
    assert services["app"]["deploy"]["replicas"] == 3
    assert services["nginx"]["environment"]["CSW_SITE"] == "https"
    ports = {(int(port["published"]), int(port["target"])) for port in services["nginx"]["ports"]}
    assert ports == {(80, 8080), (443, 8443)}
    secrets = {secret["source"] for secret in services["nginx"]["secrets"]}
    assert secrets == {"certificate", "certificate_key"}
    # The demo room is for who tries it out.
    assert "demo_room" not in services["migrate"]["command"]
    assert "--replicaof" in services["redis-replica"]["command"]


def test_sentinels_watch_the_redis_that_servers_ask_them_for() -> None:
    services = written(PROD)["services"]
    told = services["app"]["environment"]
    sentinels = [name.partition(":")[0] for name in told["REDIS_SENTINELS"].split(",")]
    assert len(sentinels) == 3
    for name in sentinels:
        script = services[name]["command"][-1]
        assert f"sentinel monitor {told['REDIS_MASTER']} redis 6379 2" in script
    assert told["REDIS_URL"] == ""
