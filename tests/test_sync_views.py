"""/api/time and /api/health."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import AsyncClient, RequestFactory, override_settings
from redis.exceptions import ConnectionError as RedisGone

from sync import health, views
from sync.apps import sync_config
from sync.core.anchor import ClockState, Figures
from tests.fakes import NOW_MS, FakeClock

TIME = "/api/time"
JSON = "application/json"


@pytest.fixture(autouse=True)
def media_clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    fake = FakeClock()
    monkeypatch.setattr(sync_config(), "timebase", fake.timebase())
    monkeypatch.setattr(sync_config(), "started_ns", fake.raw_ns - 90_500_000_000)
    monkeypatch.setattr(views, "utc_ms", lambda: NOW_MS + 25)
    monkeypatch.setattr(health, "utc_ms", lambda: NOW_MS + 25)
    return fake


@pytest.fixture(autouse=True)
def over_plain_http() -> Iterator[None]:
    with override_settings(SECURE_SSL_REDIRECT=False):
        yield


@pytest.fixture
def client() -> AsyncClient:
    return AsyncClient(enforce_csrf_checks=True)


async def post(client: AsyncClient, body: Any, content_type: str = JSON) -> Any:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return await client.post(TIME, data=data, content_type=content_type)


def refusal(response: Any) -> tuple[int, str, str | None]:
    problem = json.loads(response.content)
    assert problem["message"]
    return response.status_code, problem["code"], problem.get("field")


# -- /api/time ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (" ", "malformed", None),
        ("{", "malformed", None),
        ("[]", "malformed", None),
        ("1", "malformed", None),
        (b"\xff\xfe", "malformed", None),
        ("[" * 900, "malformed", None),
        ('{"clientSendTime":NaN}', "malformed", None),
        ("{}", "invalid_field", "clientSendTime"),
        ({"clientSendTime": "1"}, "invalid_field", "clientSendTime"),
        ({"clientSendTime": True}, "invalid_field", "clientSendTime"),
        ({"clientSendTime": None}, "invalid_field", "clientSendTime"),
        ('{"clientSendTime":1e999}', "invalid_field", "clientSendTime"),
        ({"clientSendTime": 1, "more": 2}, "invalid_field", "more"),
    ],
)
async def test_a_body_that_does_not_fit_is_400_with_its_reason(
    client: AsyncClient, body: Any, code: str, field: str | None
) -> None:
    assert refusal(await post(client, body)) == (400, code, field)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_other_content_types_are_415(client: AsyncClient, content_type: str) -> None:
    response = await post(client, '{"clientSendTime":1}', content_type)
    assert refusal(response)[:2] == (415, "unsupported_media_type")


@pytest.mark.parametrize("size", [views.MAX_BODY_BYTES, 3 * 1024 * 1024])
async def test_a_long_body_is_413(client: AsyncClient, size: int) -> None:
    assert refusal(await post(client, '{"clientSendTime":1}' + " " * size))[:2] == (
        413,
        "too_large",
    )


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
async def test_other_methods_are_405_and_told_which_are_allowed(
    client: AsyncClient, method: str
) -> None:
    response = await getattr(client, method)(TIME)
    assert refusal(response)[:2] == (405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


async def test_an_address_that_asks_too_often_is_429_and_told_when_to_return(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "RATE", "3/d")
    for _ in range(3):
        assert (await client.get(TIME)).status_code == 200
    for refused in (await client.get(TIME), await post(client, {"clientSendTime": 1})):
        assert refusal(refused)[:2] == (429, "too_often")
        assert int(refused.headers["Retry-After"]) * 1000 == refused.json()["retryIn"] > 0
        assert refused.headers["Cache-Control"] == "no-store"
    elsewhere = RequestFactory().get(TIME, REMOTE_ADDR="198.51.100.1")
    assert (await views.time(elsewhere)).status_code == 200


async def test_a_lost_cache_does_not_take_the_clock_away(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: Any, **_kwargs: Any) -> None:
        raise RedisGone

    monkeypatch.setattr(views, "get_usage", gone)
    assert (await client.get(TIME)).status_code == 200


async def test_a_page_of_another_origin_may_not_read_it(client: AsyncClient) -> None:
    with override_settings(CORS_ORIGINS=["https://friend.example"]):
        for origin in ("https://evil.example", "null", "https://friend.example.evil.example"):
            for response in (
                await client.get(TIME, headers={"Origin": origin}),
                await client.options(TIME, headers={"Origin": origin}),
            ):
                assert not [name for name in response.headers if name.startswith("Access-")]
                assert "Origin" in response.headers["Vary"]


async def test_a_page_of_a_listed_origin_may_read_it_refusals_included(
    client: AsyncClient,
) -> None:
    headers = {"Origin": "https://friend.example"}
    with override_settings(CORS_ORIGINS=["https://friend.example"]):
        for response in (
            await client.get(TIME, headers=headers),
            await client.post(TIME, data="{", content_type=JSON, headers=headers),
        ):
            assert response.headers["Access-Control-Allow-Origin"] == "https://friend.example"
        preflight = await client.options(TIME, headers=headers)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST, OPTIONS"
    assert preflight.headers["Access-Control-Allow-Headers"] == "Content-Type"


async def test_get_reads_the_media_clock(client: AsyncClient) -> None:
    response = await client.get(TIME)
    assert response.headers["Content-Type"] == JSON
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json() == {
        "serverTime": NOW_MS,
        "serverProcessingTime": 0,
        "generation": 1,
        "errorMs": 0.001,
        "civilOffsetMs": 25,
    }


async def test_processing_time_is_what_passed_since_arrival(
    client: AsyncClient, media_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "get_usage", lambda *_, **__: media_clock.advance(3))
    read = (await client.get(TIME)).json()
    assert (read["serverTime"], read["serverProcessingTime"]) == (NOW_MS + 3, 3)
    probed = (await post(client, {"clientSendTime": -0.5})).json()
    assert probed["serverSendTime"] - probed["serverReceiveTime"] == 3


async def test_post_answers_one_probe_without_a_csrf_token(client: AsyncClient) -> None:
    response = await post(client, {"clientSendTime": 123.456}, "application/json; charset=utf-8")
    assert response.status_code == 200
    assert response.json() == {
        "clientSendTime": 123.456,
        "serverReceiveTime": NOW_MS,
        "serverSendTime": NOW_MS,
        "generation": 1,
        "errorMs": 0.001,
        "civilOffsetMs": 25,
    }


@pytest.mark.parametrize("sent", [-8.64e15, -1.5, 0, 1.7e308])
async def test_any_finite_clock_may_ask_and_gets_its_own_number_back(
    client: AsyncClient, sent: float
) -> None:
    response = await post(client, {"clientSendTime": sent})
    assert (response.status_code, response.json()["clientSendTime"]) == (200, sent)


# -- /api/health ----------------------------------------------------------------------------------


async def test_health_can_only_be_read(client: AsyncClient) -> None:
    response = await client.post("/api/health")
    assert refusal(response)[:2] == (405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD"


async def test_health_tells_of_process_and_clock(client: AsyncClient) -> None:
    response = await client.get("/api/health")
    told = response.json()
    assert response.headers["Cache-Control"] == "no-store"
    assert told["status"] == "ok"
    assert told["timestamp"].endswith("+00:00")
    assert told["uptime"] == 90.5
    assert told["memory"]["rssBytes"] > 10_000_000
    assert set(told) >= {"version", "instance"}
    assert told["timebase"] == {
        "state": "own",
        "mediaTime": NOW_MS,
        "offsetMs": NOW_MS - 5000,
        "redisOffsetMs": None,
        "skewPpm": 0,
        "errorMs": 0.001,
        "sampleAgeMs": None,
        "generation": 1,
        "anchor": 0,
        "civilOffsetMs": 25,
    }


async def test_other_apps_add_to_health(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_config(), "_reports", {})
    sync_config().add_health_report("hub", lambda: {"rooms": 1})
    sync_config().add_health_report("hub", lambda: {"rooms": 2, "connections": 5})
    told = (await client.get("/api/health")).json()
    assert (told["rooms"], told["connections"]) == (2, 5)


def test_memory_is_known_on_systems_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "STATM_FILE", Path("/missing"))
    assert health.resident_bytes() > 10_000_000


# -- /api/ready -----------------------------------------------------------------------------------


async def test_readiness_can_only_be_read(client: AsyncClient) -> None:
    response = await client.post("/api/ready")
    assert refusal(response)[:2] == (405, "method_not_allowed")


async def test_a_draining_process_is_not_ready_but_lives(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_config(), "draining", True)
    response = await client.get("/api/ready")
    assert (response.status_code, response.json()) == (503, {"ready": False, "draining": True})
    assert (await client.get("/api/health")).status_code == 200


@pytest.mark.parametrize(("agrees", "status"), [(False, 503), (True, 200)])
async def test_a_server_is_ready_once_its_clock_is_the_cluster_s(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch, agrees: bool, status: int
) -> None:
    monkeypatch.setattr(sync_config(), "cluster", SimpleNamespace(agrees=agrees))
    response = await client.get("/api/ready")
    assert (response.status_code, response.json()["ready"]) == (status, agrees)


async def test_health_tells_how_the_common_clock_is_kept(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = Figures(ClockState.HOLD_OVER, -2000.25, -49.9996, 12_345.67891, 3)
    monkeypatch.setattr(sync_config(), "cluster", SimpleNamespace(figures=figures))
    told = (await client.get("/api/health")).json()["timebase"]
    expected = {"state": "hold-over", "redisOffsetMs": -2000.25, "skewPpm": -50.0}
    expected |= {"sampleAgeMs": 12345.679, "anchor": 3}
    assert told | expected == told


@pytest.mark.parametrize(
    ("path", "other"), [("/healthz", "/api/health"), ("/readyz", "/api/ready")]
)
async def test_orchestrators_find_both_under_their_own_names_without_tls(
    client: AsyncClient, path: str, other: str
) -> None:
    with override_settings(SECURE_SSL_REDIRECT=True):
        answers = [await client.get(each) for each in (path, other)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert set(answers[0].json()) == set(answers[1].json())


async def test_a_process_that_serves_is_ready(client: AsyncClient) -> None:
    response = await client.get("/api/ready")
    assert (response.status_code, response.json()) == (200, {"ready": True, "draining": False})
    assert response.headers["Cache-Control"] == "no-store"
