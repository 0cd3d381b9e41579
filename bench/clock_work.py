"""Each part of the clock's measurement done once, giving a record of it."""

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Playwright

from bench.accuracy import Law
from bench.browser_run import BentPage
from bench.busy_app import BLOCKS, WAITS
from bench.clock_records import BrowserRun, BusyServer, RelayAlone, kept_by
from bench.machine import Watch, use_of
from bench.paths import NAMED, Network
from bench.place import Place, relayed
from bench.probe_client import ProbeClient
from bench.server import Site
from bench.viewers import TEXT, client_frame

OFFSET_MS: Final = 30_000.0
PPM: Final = 80.0
STEP_MS: Final = 40.0
AFTER_STEP_S: Final = 8.0
OPENING_S: Final = 3.0
"""What is added for the start of each browser."""
RULER_S: Final = 35.0
REFERENCES: Final = 150
COMPARED_EVERY_S: Final = 1.0
PROBES: Final = 150
PROBE_EVERY_S: Final = 0.105
"""The server's limit is ten a second."""
BUSY_PROBES: Final = 300
BUSY_EVERY_S: Final = 0.02
BUSY_PATHS: Final = ("direct", "pump", "consumer")
BUSY_WORK: Final = {"idle": "", "waits": WAITS, "blocks": BLOCKS}


@dataclass(frozen=True, slots=True)
class Job:
    """One run that is to be made."""

    name: str
    network: Network | None
    repeat: int


def law_of(repeat: int) -> Law:
    """Wrong both ways in turn."""
    sign = -1 if repeat % 2 else 1
    return Law(-sign * OFFSET_MS, sign * PPM, STEP_MS)


def run_browsers(
    playwright: Playwright, place: Place, jobs: Sequence[Job], span_s: float
) -> list[BrowserRun]:
    """Browsers with wrong clocks, side by side, open the clock's page, each over its network."""
    until_s = time.monotonic() + OPENING_S * len(jobs) + span_s
    with ExitStack() as ended_last:
        watch = Watch()
        visits = []
        for job in jobs:
            relay = ended_last.enter_context(relayed(place.port, job.network, job.repeat))
            step_after_s = until_s - AFTER_STEP_S - time.monotonic()
            page = BentPage(playwright, law_of(job.repeat), step_after_s)
            ended_last.callback(page.close)
            page.open(f"http://127.0.0.1:{relay.port if relay else place.port}")
            visits.append((job, relay, page))
        while time.monotonic() < until_s:
            for _, _, page in visits:
                page.watch(COMPARED_EVERY_S / len(visits))
        taken = [page.take() for _, _, page in visits]
        use = use_of(watch)
        return [
            BrowserRun(
                name=job.name,
                repeat=job.repeat,
                seconds=span_s,
                law=law_of(job.repeat),
                watched=watched,
                base_ms=place.base_ms,
                use=use,
                up=kept_by(relay.up if relay else None),
                down=kept_by(relay.down if relay else None),
            )
            for (job, relay, _), watched in zip(visits, taken, strict=True)
        ]


def run_ruler(playwright: Playwright, place: Place, repeat: int) -> BrowserRun:
    """Nothing is wrong and nothing between: the ruler beside probes of the page's own window."""
    page = BentPage(playwright, Law(), 10 * RULER_S)
    try:
        watch = Watch()
        page.open(f"http://127.0.0.1:{place.port}")
        until_s = time.monotonic() + RULER_S
        while time.monotonic() < until_s:
            page.watch(COMPARED_EVERY_S)
        reference = page.refer(REFERENCES)
        watched = page.take()
        use = use_of(watch)
    finally:
        page.close()
    return BrowserRun(
        name="ruler",
        repeat=repeat,
        seconds=RULER_S,
        law=Law(),
        watched=watched,
        base_ms=place.base_ms,
        use=use,
        reference=reference,
    )


def run_relay_alone(place: Place, name: str) -> RelayAlone:
    """A program's probes through a relay, or past it."""
    watch = Watch()
    with relayed(place.port, NAMED.get(name), 0) as relay:
        with ProbeClient(relay.port if relay else place.port) as client:
            probes = client.probe_again(PROBES, PROBE_EVERY_S)
        up, down = (kept_by(relay.up), kept_by(relay.down)) if relay else (None, None)
    return RelayAlone(
        name=name, probes=probes, base_ms=place.base_ms, use=use_of(watch), up=up, down=down
    )


def run_busy_server() -> Iterator[BusyServer]:
    """Every way to a socket under every kind of work."""
    with tempfile.TemporaryDirectory(prefix="csw-bench-") as directory:
        site = Site(Path(directory), 2)
        with site.serve("busy", None) as server:
            for path in BUSY_PATHS:
                for work, text in BUSY_WORK.items():
                    watch = Watch()
                    before = client_frame(TEXT, text.encode()) if text else b""
                    with ProbeClient(server.port, f"/{path}") as client:
                        base_ms = float(json.loads(client.next_text())["baseMs"])
                        probes = client.probe_again(BUSY_PROBES, BUSY_EVERY_S, before)
                    yield BusyServer(path, work, probes, base_ms, use_of(watch))
