"""The measured costs as tables, from the figures that bench.capacity keeps. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bench.scale.costs import SPREAD

Figures = Mapping[str, Any]
BUSY: Final = 0.6
EVENTS: Final = (
    ("a control", "rooms of 10, one controls each s, 2 servers"),
    ("a chat line", "rooms of 10, one chats each s, 2 servers"),
)
POINTED: Final = "rooms of 10, one points at 10 Hz, 2 servers"


def costs(figures: Figures) -> Iterator[str]:
    """What viewers cost, part by part."""
    yield (
        "| measured | CPU for a viewer and second | for a frame | frames, bytes a second | "
        "a join | memory | probe p50 / p99 ms |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, part in figures["parts"].items():
        yield (
            f"| {name} | {part['viewer_cpu_us']:,.0f} µs | {part['frame_cpu_us']:.0f} µs | "
            f"{part['frames_per_s']:.1f}, {part['bytes_per_s']:,.0f} | "
            f"{part['join_cpu_us'] / 1000:.1f} ms | {part['kib_each']:.0f} KiB | "
            f"{_ms(part['probe_p50_ms'])} / {_ms(part['probe_p99_ms'])} |"
        )


def redis(figures: Figures) -> Iterator[str]:
    """What Redis is asked for each event: scripts and messages, beyond what watching asks."""
    parts = figures["parts"]
    watching = parts[SPREAD]
    held = watching["viewers"] / 10 * 2
    yield "| event | scripts | messages |"
    yield "|---|---:|---:|"
    yield _row("a room held by a server, each second", watching, None, held)
    for words, name in EVENTS:
        if name in parts:
            yield _row(words, parts[name], watching, parts[name]["acts_per_s"])
    if POINTED in parts:
        yield _row("a room in which one points, each second", parts[POINTED], watching, held / 2)


def _row(words: str, part: Mapping[str, Any], beyond: Mapping[str, Any] | None, per: float) -> str:
    counts = [
        (part["redis_calls"].get(name, 0) - (beyond or {}).get("redis_calls", {}).get(name, 0))
        / per
        for name in ("evalsha", "publish")
    ]
    return f"| {words} | {max(counts[0], 0.0):.1f} | {max(counts[1], 0.0):.1f} |"


def seed_table(figures: Figures) -> Iterator[str]:
    """The original's promises by number of processes, against the measured costs."""
    watch = figures["parts"]["rooms of 10 that watch"]["viewer_cpu_us"]
    point = figures["parts"]["rooms of 10, all pointing at 10 Hz"]["viewer_cpu_us"]
    yield "| the seed says | of | idle sockets (measured for one) | who watch | who all point |"
    yield "|---|---|---:|---:|---:|"
    for promised, words, processes in (
        ("~10,000", "a single server", 1),
        ("~40,000", "4 processes and Redis", 4),
        ("~100,000", "10 servers and Redis", 10),
        ("~1,000,000+", "several regions", None),
    ):
        if processes is None:
            counts = [f"{count:,.0f} processes" for count in (100, watch / BUSY, point / BUSY)]
        else:
            counts = [
                f"{processes * 10_000:,}",
                *(f"{processes * BUSY * 1e6 / cost:,.0f}" for cost in (watch, point)),
            ]
        yield f"| {promised} | {words} | {' | '.join(counts)} |"


def _ms(ms: float | None) -> str:
    return "–" if ms is None else f"{ms:.1f}"
