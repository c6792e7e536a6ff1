"""A status as a table for people and as metrics for Prometheus."""

from collections.abc import Iterator, Sequence

import pandas as pd

from rtlmp.pipeline.status import Status


def status_table(of: Status) -> str:
    """Lines for a terminal."""
    names = {"newest": "newest, UTC", "allowed": "limit"}
    series = pd.DataFrame(of["series"]).rename(columns=names)
    return "\n".join(
        [
            f"run {of['run']}, issue date {of['date']}, at {of['at']}: {of['verdict']}",
            *(f"  {why}" for why in of["why"]),
            "",
            series.to_string(index=False, na_rep="-") if of["series"] else "no raw data",
            "age, limit, reach (of the newest interval) and asked (end of the horizon) in hours",
            "",
            *(f"model {m['pool']}: {m['date']}, {m['age']} days old" for m in of["models"]),
            f"log-loss skill of the first 24 hours, {of['skill_days']} issue dates: "
            + (", ".join(f"{skill} above {x}" for x, skill in of["skill"].items()) or "none"),
            f"newest forecast: {of['forecast']}" + (", late" if of["late"] else ""),
            f"{of['minutes_to_gate_closure']:,.0f} minutes to gate closure",
            f"{of['free_gb']:,.1f} GB free on disk",
            f"quarantined postings: {', '.join(of['quarantined']) or 'none'}",
            "",
        ]
    )


def prometheus(of: Status) -> str:
    """Text format of Prometheus, for the textfile collector of node_exporter."""
    lines: list[str] = []
    for name, about, values in _gauges(of):
        lines += [f"# HELP rtlmp_{name} {about}", f"# TYPE rtlmp_{name} gauge"]
        for labels, value in values:
            named = {"run": of["run"], **labels}
            text = ",".join(f'{key}="{word}"' for key, word in named.items())
            lines.append(f"rtlmp_{name}{{{text}}} {value:g}")
    return "\n".join(lines) + "\n"


Values = Sequence[tuple[dict[str, str], float]]  # labels, value


def _gauges(of: Status) -> Iterator[tuple[str, str, Values]]:
    yield "verdict", "exit code of the morning: 0 good", [({}, of["verdict_code"])]
    for key, about in (
        ("age", "h since the newest publication"),
        ("allowed", "h after which it is stale"),
        ("reach", "h from now to the end of the newest interval"),
        ("stale", "1: older than allowed"),
    ):
        each = [({"series": row["series"]}, row[key]) for row in of["series"]]  # type: ignore[literal-required]
        yield f"series_{key}", about, [(labels, v) for labels, v in each if v is not None]
    yield "model_age_days", "of the newest", [({"pool": m["pool"]}, m["age"]) for m in of["models"]]
    skill = [({"threshold": x}, v) for x, v in of["skill"].items() if v is not None]
    yield "log_loss_skill", "latest issue dates, first 24 hours", skill
    yield "forecast_late", "1: first there after gate closure", [({}, of["late"])]
    minutes = of["minutes_to_gate_closure"]
    yield "gate_closure_minutes", "until the next", [({}, minutes)]
    yield "disk_free_bytes", "where results are", [({}, 1e9 * of["free_gb"])]
    yield "quarantined", "postings set aside", [({}, len(of["quarantined"]))]
