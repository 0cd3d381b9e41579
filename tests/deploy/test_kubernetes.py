"""The Kubernetes manifests: each is what the schemas want, and together they fit."""

import re
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
import yaml
from django.urls import resolve

from tests.commands import ROOT, setting_names
from tests.deploy.test_compose import DRAIN_S, nginx_variables
from watchparty.scrape import PATH

FOLDER = ROOT / "deploy" / "kubernetes"
VERSIONS = ("1.30", "1.37")
SECRET = {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"}
Manifest = dict[str, Any]


def manifests() -> Iterator[Manifest]:
    """All that kustomization.yaml lists."""
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text(encoding="utf-8"))
    assert sorted(listed["resources"]) == sorted(
        path.name for path in FOLDER.glob("*.yaml") if path.name != "kustomization.yaml"
    )
    for name in listed["resources"]:
        yield from yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8"))


ALL = list(manifests())
DEPLOYMENTS = ("csw-app", "csw-nginx")


def only(kind: str, name: str) -> Manifest:
    [found] = [one for one in ALL if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def pod(name: str) -> Manifest:
    return dict(only("Deployment", name)["spec"]["template"]["spec"])


def container(name: str) -> Manifest:
    [found] = pod(name)["containers"]
    return dict(found)


def selects(selector: dict[str, str], labels: dict[str, str]) -> bool:
    return bool(selector) and selector.items() <= labels.items()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "manifest", ALL, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}"
)
def test_a_manifest_is_what_its_schema_wants(manifest: Manifest, version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


def test_a_wrong_manifest_is_noticed() -> None:
    wrong = {**only("Deployment", "csw-app"), "replicas": 3}
    with pytest.raises(kubernetes_validate.ValidationError, match="replicas"):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_selectors_match_the_pods_and_no_others(name: str) -> None:
    deployment = only("Deployment", name)
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    others = only("Deployment", next(one for one in DEPLOYMENTS if one != name))
    foreign = others["spec"]["template"]["metadata"]["labels"]
    for selector in (
        deployment["spec"]["selector"]["matchLabels"],
        only("Service", name)["spec"]["selector"],
        only("PodDisruptionBudget", name)["spec"]["selector"]["matchLabels"],
    ):
        assert selects(selector, labels)
        assert not selects(selector, foreign)
    # A budget that lets nobody go stops every upgrade of the cluster.
    assert only("PodDisruptionBudget", name)["spec"]["maxUnavailable"] == 1
    assert deployment["spec"]["replicas"] > 1


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_services_lead_to_ports_that_are_there(name: str) -> None:
    ports = {port["name"]: port["containerPort"] for port in container(name)["ports"]}
    for port in only("Service", name)["spec"]["ports"]:
        assert port["targetPort"] in ports
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for port in ports.values():
        assert re.search(rf"^EXPOSE .*\b{port}\b", dockerfile, re.MULTILINE)


def test_probes_ask_addresses_that_exist_by_a_name_that_is_allowed() -> None:
    hosts = only("ConfigMap", "csw-settings")["data"]["ALLOWED_HOSTS"].split(",")
    asked = {}
    for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
        request = container("csw-app")[kind]["httpGet"]
        asked[kind] = resolve(request["path"]).url_name
        assert [header["value"] for header in request["httpHeaders"]] == hosts[:1]
    # Whoever drains is not ready, but lives.
    assert asked == {
        "startupProbe": "api-health",
        "readinessProbe": "api-ready",
        "livenessProbe": "api-health",
    }
    locations = ROOT / "deploy" / "nginx" / "templates" / "csw" / "locations.conf.template"
    for kind in ("readinessProbe", "livenessProbe"):
        path = container("csw-nginx")[kind]["httpGet"]["path"]
        assert f"location = {path} {{" in locations.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_is_given_the_time_to_leave_in_good_order(name: str) -> None:
    command, seconds = container(name)["lifecycle"]["preStop"]["exec"]["command"]
    grace_s = pod(name)["terminationGracePeriodSeconds"]
    assert command == "sleep"
    assert grace_s >= max(20, int(seconds) + DRAIN_S)
    # Longer than nginx believes an answer of the DNS, and the cluster's DNS its own (5 s).
    valid = re.search(r"valid=(\d+)s", str(container("csw-nginx")["env"]))
    assert valid
    assert int(seconds) >= int(valid[1]) + 5


def test_the_autoscaler_counts_connections_of_the_servers() -> None:
    spec = only("HorizontalPodAutoscaler", "csw-app")["spec"]
    target = spec["scaleTargetRef"]
    deployment = only(target["kind"], target["name"])
    assert deployment["apiVersion"] == target["apiVersion"]
    assert spec["minReplicas"] == deployment["spec"]["replicas"] < spec["maxReplicas"]
    first, *_ = spec["metrics"]
    assert first["pods"]["metric"]["name"] == "csw_party_connections"
    resources = [one["resource"]["name"] for one in spec["metrics"] if one["type"] == "Resource"]
    assert set(resources) <= set(container("csw-app")["resources"]["requests"])


def test_prometheus_is_told_where_each_server_tells_its_figures() -> None:
    told = only("Deployment", "csw-app")["spec"]["template"]["metadata"]["annotations"]
    ports = [str(port["containerPort"]) for port in container("csw-app")["ports"]]
    assert told["prometheus.io/scrape"] == "true"
    assert told["prometheus.io/path"] == PATH
    assert told["prometheus.io/port"] in ports


def test_servers_are_spread_over_machines_where_there_are_several() -> None:
    [spread] = pod("csw-app")["topologySpreadConstraints"]
    labels = only("Deployment", "csw-app")["spec"]["template"]["metadata"]["labels"]
    assert spread["labelSelector"]["matchLabels"] == labels
    assert (spread["topologyKey"], spread["maxSkew"]) == ("kubernetes.io/hostname", 1)


def test_every_variable_is_a_setting() -> None:
    settings = only("ConfigMap", "csw-settings")
    assert set(settings["data"]) | SECRET <= setting_names()
    assert not SECRET & set(settings["data"])
    for job in (container("csw-app"), only("Job", "csw-migrate")["spec"]["template"]["spec"]):
        one = job if "envFrom" in job else job["containers"][0]
        assert one["envFrom"] == [
            {"configMapRef": {"name": "csw-settings"}},
            {"secretRef": {"name": "csw-secrets"}},
        ]
    assert {one["name"] for one in container("csw-app")["env"]} <= setting_names()
    assert {one["name"] for one in container("csw-nginx")["env"]} <= {
        "NAMESPACE",
        *nginx_variables(),
    }


@pytest.mark.parametrize("owner", [*DEPLOYMENTS, "csw-migrate"])
def test_containers_have_no_more_rights_than_they_need(owner: str) -> None:
    kind = "Deployment" if owner in DEPLOYMENTS else "Job"
    spec = only(kind, owner)["spec"]["template"]["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    [one] = spec["containers"]
    assert one["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    user = str(spec["securityContext"]["runAsUser"])
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert f"\nUSER {user}\n" in dockerfile
    volumes = {volume["name"] for volume in spec["volumes"]}
    assert {mount["name"] for mount in one["volumeMounts"]} == volumes


def test_the_way_leads_from_the_ingress_by_nginx_to_every_server() -> None:
    [rule] = only("Ingress", "csw")["spec"]["rules"]
    assert rule["host"] in only("ConfigMap", "csw-settings")["data"]["ALLOWED_HOSTS"].split(",")
    [path] = rule["http"]["paths"]
    assert path["backend"]["service"]["name"] == "csw-nginx"
    servers = next(one for one in container("csw-nginx")["env"] if one["name"] == "CSW_SERVERS")
    service = only("Service", "csw-app")
    [port] = service["spec"]["ports"]
    named = f"{service['metadata']['name']}.$(NAMESPACE).svc.cluster.local:{port['port']}"
    assert f"server {named} resolve max_fails=0;" in servers["value"]
    # Headless: one address for all would hide who is who.
    assert service["spec"]["clusterIP"] == "None"
