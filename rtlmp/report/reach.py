"""How far the series that are known ahead reach, in sentences that warn."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, TypeAlias

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.view import HOUR
from rtlmp.catalog import ACTUALS, BY_NAME, MARKETS, MINUTES, READ, SeriesName
from rtlmp.clock import HORIZON_HOURS, horizon_start
from rtlmp.config.jobs import DailyPageSettings
from rtlmp.schemas.core import Freshness

AHEAD: Final = {*READ} - ACTUALS
Known: TypeAlias = list[tuple[SeriesName, pd.Timestamp]]  # its last interval; NaT where none is
Skills: TypeAlias = Mapping[str, str]  # by series, as `skill_without`


def known_ahead(fresh: DataFrame[Freshness], until: Sequence[pd.Timestamp]) -> Known:
    """Of the rows of `fresh` those known ahead; `until`: last interval known of each row."""
    named = zip(map(BY_NAME.get, fresh[Freshness.series]), until, strict=True)
    return [(q, last) for q, last in named if q in AHEAD]


def cut_short(
    known: Known, config: DailyPageSettings, issued: date, skills: Skills
) -> Iterator[str]:
    """Of each that ends before the hours forecast do."""
    tz, first = MARKETS[config["market"]].tz, pd.Timestamp(horizon_start(config, issued))
    midnight = pd.Timestamp(issued + timedelta(days=1), tz=tz)
    for q, until in known:
        last = midnight if q is SeriesName.DAM_SPP else first + HORIZON_HOURS * HOUR
        end = until + pd.Timedelta(minutes=MINUTES[q.step])
        if end < last:  # not where there is none
            ends = ("today, " if end <= midnight else "") + f"{end.tz_convert(tz):%a %d %b %H:%M}"
            yield f"no {_in_words(q)} beyond {ends}{skills.get(q, '')}"


def lacking(known: Known, skills: Skills) -> list[str]:
    """On all that there never were; of several kinds of one, on the first."""
    kinds = tuple(f"{q}_" for q, _ in known)
    gone = [q for q, until in known if pd.isna(until) and not q.startswith(kinds)]
    said = dict.fromkeys(skills.get(q, "") for q in gone)
    return [f"no {', '.join(map(_in_words, gone))} at all{''.join(said)}"] if gone else []


def _in_words(q: SeriesName) -> str:
    return q.replace("_", " ").replace("dam spp", "day-ahead price")
