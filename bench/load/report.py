"""What a load says of itself, pure: a line each second, a summary, hints, and JSON."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from bench.load.tally import TIMES, Tally

BUSY_CORE: Final = 0.85
LATE_MS: Final = 20.0
HEADING: Final = (
    "   s   open  come/s  frames/s  KiB/s  errors  join p50/p95 ms  probe p50/p95/p99 ms  own core"
)
EXPLAINED: Final = {
    "ratelimit connect": "one address may open ADDRESS_SOCKETS_PER_S sockets a second (20) and "
    "hold ADDRESS_SOCKETS_OPEN (200): raise both on the site for the time of the load, load from "
    "several machines, or on loopback give each viewer an address of its own (--spread)",
    "room_full": "a room takes `maxUsers` viewers (100 unless it says otherwise): load more rooms, "
    "or make them with --max-users",
    "no_such_room": "a room has to exist: `manage.py demo_room --slug load-1 load-2 …` makes some",
    "unauthorised": "the site wants its people to sign in (WS_AUTH): load a copy of it without",
    "password_required": "load a room without a password",
    "locked": "load a room that is not locked",
    "forbidden": "rooms in which only hosts control or chat refuse viewers: set them to everyone",
    "HTTP 403": "a page of another origin was refused: see --origin and ALLOWED_HOSTS",
    "HTTP 404": "no party socket behind this address: does it end in the site's own path?",
    "HTTP 503": "the server, or a proxy before it, has no more to give",
    "unanswered": "a control or chat line had no answer within 2 s",
}


def progress(second: int, now: Tally, earlier: Tally) -> str:
    """One line on the last second."""
    new = now.since(earlier)
    errors = new.refusals.total() + _unasked(new.closes)
    return (
        f"{second:4d} {now.open:6d} {new.counts['joined']:7d} {new.counts['frames']:9d} "
        f"{new.counts['bytes'] / 1024:6.0f} {errors:7d}  "
        f"{_told(new, 'join', 50, 95):>15}  {_told(new, 'probe', 50, 95, 99):>20}  "
        f"{now.busiest_core:8.2f}"
    )


def summary(tally: Tally, wall_s: float) -> Iterator[str]:
    """All of it, line by line."""
    counts = tally.counts
    yield (
        f"{counts['arrived']} arrived in {wall_s:.1f} s, {counts['joined']} came in, "
        f"{counts['failed']} did not; {tally.error_rate:.2%} of the visits met an error"
    )
    yield (
        f"received {counts['frames']} frames ({counts['frames'] / wall_s:.0f}/s, "
        f"{counts['bytes'] / wall_s / 1024:.0f} KiB/s), sent {counts['sent']}"
    )
    yield f"{'ms':10} {'p50':>9} {'p95':>9} {'p99':>9} {'measured':>9}"
    for name in TIMES:
        times = tally.times[name]
        figures = " ".join(_figure(times.percentile(percent)) for percent in (50, 95, 99))
        yield f"{name:10} {figures} {len(times):9d}"
    yield f"refusals by code: {_listed(tally.refusals)}"
    yield f"closes by code:   {_listed(tally.closes)}"


def hints(tally: Tally, wall_s: float, processes: int) -> Iterator[str]:
    """What a reader should know of these figures: who was the limit, and what refusals mean."""
    core = tally.cpu_s / wall_s / processes
    late_ms = tally.times["lag"].percentile(95) or 0.0
    if core > BUSY_CORE or late_ms > LATE_MS:
        yield (
            f"The generator was a limit itself: it used {core:.2f} of each of its {processes} "
            f"core(s), and its own timers were {late_ms:.0f} ms late (p95). Times above are too "
            "long and the load was too small: use more --processes, or another machine."
        )
    for code in tally.refusals:
        if code in EXPLAINED:
            yield f"{code}: {EXPLAINED[code]}."


def as_json(tally: Tally, wall_s: float, thresholds: list[str]) -> dict[str, Any]:
    """The summary for programs; times in ms, null where never measured."""
    return {
        "seconds": round(wall_s, 3),
        "counts": dict(tally.counts),
        "errorRate": round(tally.error_rate, 6),
        "refusals": dict(tally.refusals),
        "closes": dict(tally.closes),
        "timesMs": {
            name: {
                "count": len(times),
                **{
                    f"p{percent}": None
                    if (ms := times.percentile(percent)) is None
                    else round(ms, 3)
                    for percent in (50, 95, 99)
                },
            }
            for name, times in tally.times.items()
        },
        "generatorCpuS": round(tally.cpu_s, 3),
        "missed": thresholds,
    }


def _unasked(closes: "Counter[str]") -> int:
    return closes.total() - closes["1000"]


def _told(tally: Tally, name: str, *percents: int) -> str:
    return "/".join(_figure(tally.times[name].percentile(percent)).strip() for percent in percents)


def _figure(ms: float | None) -> str:
    return f"{'–' if ms is None else f'{ms:.1f}':>9}"


def _listed(codes: "Counter[str]") -> str:
    return ", ".join(f"{code} {count}" for code, count in codes.most_common()) or "none"
