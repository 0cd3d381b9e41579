"""A scrape of a real server: every figure that dashboards and alarms name, with a party in it."""

import json
import re
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect

from tests.browser.server import Server
from tests.commands import ROOT
from tests.test_metrics import Samples, readings, scraped
from watchparty.exposition import FamilyCollector
from watchparty.metrics import registry_of
from watchparty.serving.siblings import Family

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "csw.json"
NAME = re.compile(r"\b(?:csw|process|python)_\w+")
TOKEN = "s3cret-for-tests"


def rules() -> list[dict[str, object]]:
    """Every alarm."""
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> list[str]:
    """All that alarms and dashboard ask Prometheus."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    asked = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    return asked + [str(rule["expr"]) for rule in rules()]


def names_of(samples: Samples) -> set[str]:
    return {sample.partition("{")[0] for sample in samples}


def all_told() -> Samples:
    """By a process, and by a supervisor of several."""
    about = CollectorRegistry()
    about.register(FamilyCollector("web-1", Family({"workers": [], "wanted": 1, "restarts": 0})))
    return scraped(registry_of(readings())) | scraped(about)


def test_every_metric_that_is_asked_for_is_told() -> None:
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    assert len(asked) > 20
    assert asked <= names_of(all_told())


def test_the_autoscaler_s_metric_is_told() -> None:
    manifest = (ROOT / "deploy" / "kubernetes" / "app.yaml").read_text(encoding="utf-8")
    [name] = re.findall(r"metric: \{name: (\w+)\}", manifest)
    assert name in names_of(scraped(registry_of(readings())))


def test_every_alarm_has_its_section_and_leads_there() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### (Csw\w+)$", operations, re.MULTILINE)
    alarms = [str(rule["alert"]) for rule in rules()]
    assert sorted(sections) == sorted(alarms)
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")  # type: ignore[index]
        annotations = rule["annotations"]
        assert annotations["summary"]  # type: ignore[index]
        anchor = f"docs/operations.md#{str(rule['alert']).lower()}"
        assert annotations["runbook"] == anchor  # type: ignore[index]


def test_every_metric_of_ours_is_in_the_operator_s_table() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    families = {
        re.sub(r"_(?:bucket|sum|count|total|created)$", "", name)
        for name in names_of(all_told())
        if name.startswith("csw_")
    }
    listed = {re.sub(r"_total$", "", name) for name in re.findall(r"`(csw_\w+)`", operations)}
    assert families == listed


# -- A real server ------------------------------------------------------------------------------


def figures(url: str, **headers: str) -> Samples:
    with urlopen(Request(f"{url}/metrics", headers=headers), timeout=5) as answer:
        text = answer.read().decode()
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def status(url: str, path: str, **headers: str) -> int:
    try:
        with urlopen(Request(url + path, headers=headers), timeout=5) as answer:
            return int(answer.status)
    except HTTPError as problem:
        return problem.code


@pytest.mark.slow
@pytest.mark.beside
def test_a_real_server_tells_of_its_party_to_whom_it_may(tmp_path: Path) -> None:
    server = Server(tmp_path, HTTPS="1", ALLOWED_HOSTS="127.0.0.1", METRICS_TOKEN=TOKEN)
    server.start()
    try:
        assert status(server.url, "/metrics") == 404
        assert status(server.url, "/metrics", Authorization="Bearer wrong") == 404
        assert status(server.url, "/healthz") == status(server.url, "/readyz") == 200
        # By a name that the site does not answer to, as Prometheus asks a pod.
        trusted = {"Authorization": f"Bearer {TOKEN}", "Host": "10.0.0.7:8000"}
        before = figures(server.url, **trusted)
        with connect(f"{server.url.replace('http', 'ws')}/ws/party/") as socket:
            socket.send('{"type":"room:join","roomId":"clock","name":"Ada"}')
            while json.loads(socket.recv())["type"] != "room:joined":
                pass
            socket.send('{"type":"room:explode"}')
            while json.loads(socket.recv())["type"] != "error":
                pass
            during = figures(server.url, **trusted)
        assert (before["csw_party_connections"], during["csw_party_connections"]) == (0, 1)
        assert (during["csw_party_members"], during["csw_party_rooms"]) == (1, 1)
        assert during["csw_party_joins_totalnew"] == 1
        assert during["csw_refusals_totalunknown_type"] == 1
        assert during["csw_party_frames_sent_total"] >= 2
        assert during["csw_ready"] == 1
        assert "Ada" not in str(during)
    finally:
        server.stop()
