"""The images of the Dockerfile: made of what there is, run by nobody special, able to tell."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.commands import PRODUCTION, ROOT, run
from tests.deploy.programs import program
from tests.test_serve import serving

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
STAGE = re.compile(r"^FROM \S+ AS (\w+)\n(.*?)(?=^FROM |\Z)", re.MULTILINE | re.DOTALL)
STAGES = dict(STAGE.findall(DOCKERFILE))
HEALTHCHECK = re.compile(r"^HEALTHCHECK [^\[]*CMD (\[.*\])$", re.MULTILINE)
RUN_BY = {"app": "10001", "nginx": "101"}


def test_the_linter_of_dockerfiles_finds_nothing() -> None:
    done = run([program("hadolint"), "--no-color", "Dockerfile"], {})
    assert (done.returncode, done.stdout) == (0, "")


def test_a_server_is_what_is_built_when_nothing_else_is_asked_for() -> None:
    assert list(STAGES) == ["tools", "build", "nginx", "app"]


@pytest.mark.parametrize("stage", RUN_BY)
def test_images_run_as_a_numbered_user_without_rights(stage: str) -> None:
    lines = STAGES[stage].splitlines()
    assert f"USER {RUN_BY[stage]}" in lines
    # Whatever is written after that line is written by that user; nothing is.
    after = lines[lines.index(f"USER {RUN_BY[stage]}") :]
    assert not [line for line in after if line.startswith(("RUN ", "COPY ", "ADD ", "USER 0"))]


@pytest.mark.parametrize("stage", RUN_BY)
def test_images_bring_no_tools_of_the_build(stage: str) -> None:
    assert not re.search(r"npm|pip install|esbuild", STAGES[stage])


def test_pages_are_bundled_by_the_locked_esbuild() -> None:
    assert "npm ci" in STAGES["tools"]
    assert "COPY --from=tools /usr/local/bin/esbuild" in STAGES["build"]
    assert STAGES["build"].index("esbuild") < STAGES["build"].index("collectstatic")


def test_images_are_made_of_files_that_exist() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert copied
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for source in " ".join(copied).split():
        assert not PurePosixPath(source).is_absolute()
        assert (ROOT / source).exists(), source
        assert source == "." or source.split("/")[0] not in ignored, source
    from_stages = set(re.findall(r"^COPY --from=(\w+) ", DOCKERFILE, re.MULTILINE))
    assert from_stages <= set(STAGES)


def test_nginx_is_told_everything_that_its_templates_ask() -> None:
    templates = (ROOT / "deploy" / "nginx" / "templates").rglob("*.template")
    asked = {
        name
        for path in templates
        for name in re.findall(r"\$\{(CSW_[A-Z_]+)\}", path.read_text(encoding="utf-8"))
    }
    told = set(re.findall(r"\b(CSW_[A-Z_]+)=", STAGES["nginx"]))
    example = (ROOT / "deploy" / "nginx" / "nginx.env.example").read_text(encoding="utf-8")
    assert asked == told == set(re.findall(r"^(CSW_[A-Z_]+)=", example, re.MULTILINE))


def test_nginx_is_new_enough_to_ask_the_dns_again() -> None:
    major, minor = re.findall(r"^FROM nginx:(\d+)\.(\d+)-alpine", DOCKERFILE, re.MULTILINE)[0]
    assert (int(major), int(minor)) >= (1, 28)


def test_nginx_says_that_it_lives_on_the_port_that_it_listens_on() -> None:
    check = HEALTHCHECK.search(STAGES["nginx"])
    assert check
    listen = re.search(r"CSW_LISTEN=(\d+)", STAGES["nginx"])
    assert listen
    assert json.loads(check[1])[-1] == f"http://127.0.0.1:{listen[1]}/nginx/alive"
    for site in ("locations", "site-https"):
        text = (ROOT / f"deploy/nginx/templates/csw/{site}.conf.template").read_text("utf-8")
        assert "location = /nginx/alive" in text


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Where a server is well."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, ALLOWED_HOSTS=PRODUCTION["ALLOWED_HOSTS"]) as (_, address):
        yield address


@pytest.mark.parametrize(("hosts", "healthy"), [("example.org,localhost", True), ("else", False)])
def test_the_health_check_passes_a_server_that_is_well(address, hosts, healthy) -> None:
    """It asks by the first name of ALLOWED_HOSTS; a server of other names says no."""
    check = HEALTHCHECK.search(STAGES["app"])
    assert check
    python, *arguments = json.loads(check[1])
    assert python == "python"
    asked = subprocess.run(
        [sys.executable, *arguments],
        env={"ALLOWED_HOSTS": hosts, "PORT": address.rpartition(":")[2]},
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert (asked.returncode == 0) is healthy, asked.stderr
