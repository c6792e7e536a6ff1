"""Which issue dates and months the jobs of a run are about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Self

from rtlmp.clock import base_date, days, issue_time, model_date, model_dates, month_days, months
from rtlmp.config import Config, Window
from rtlmp.config.model import UPDATED, history_days
from rtlmp.model_selection.windows import fold_windows, labels_known, require_before_backtest
from rtlmp.schemas.columns import PUBLISHED
from rtlmp.sources.files.coverage import Coverage, coverage, issue_dates
from rtlmp.sources.files.folder import data_files
from rtlmp.sources.files.pieces import pieces
from rtlmp.sources.legs import legs

MONTH: Final = timedelta(days=31)  # reaches the month before, whatever the day
LOOKBACK: Final = timedelta(days=62)  # two whole months before a feature month
SCARCE: Final = timedelta(days=7)  # a model that has fewer days has next to nothing to train on


@dataclass(frozen=True)
class Dates:
    """Dates are issue dates; months are those of issue dates or, of data, of publication."""

    config: Config
    files: list[Path]  # of source files: the user's own
    unread: list[str]  # what lies beside them
    covered: Coverage
    first: date  # issue date that the source can serve
    last: date

    @classmethod
    def of(cls, config: Config) -> Self:
        """Raises ValueError where the source has no price at a node, or none for the run's date."""
        folder = config["data_dir"] if config["source"] == "files" else None
        path = Path(folder).expanduser() if folder else None
        files, unread = data_files(path) if path else ([], [])
        covered = coverage(config, files)
        made = cls(config, files, unread, covered, *issue_dates(config, covered))
        made.require(f"date {made.day}", made.day, made.day)
        return made

    @cached_property
    def files_by_month(self) -> dict[str, list[str]]:
        """Of source files, those that may hold publications of each raw month."""
        found: dict[str, dict[str, None]] = {}
        for piece in pieces(self.files, [PUBLISHED], {}):
            for month in piece.months(self.raw_months[0], self.raw_months[-1]):
                found.setdefault(month, {})[str(piece.path)] = None
        return {month: [*paths] for month, paths in found.items()}

    @property
    def day(self) -> date:
        """The run's: by default the newest that the source covers."""
        return self.config.get("date") or self.last

    def covers(self, first: date, last: date) -> bool:
        return self.first <= first <= last <= self.last

    def require(self, what: str, first: date, last: date) -> None:
        """Raise ValueError where the source does not cover all of it."""
        if not self.covers(first, last):
            raise ValueError(
                f"{what}: {self.config['source']} has prices for issue dates "
                f"{self.first} to {self.last}"
            )

    @property
    def covers_backtest(self) -> bool:
        return self.covers(self.config["backtest"]["start"], self.config["backtest"]["end"])

    @property
    def compared(self) -> str:
        if not (run := self.config.get("compare_to")):
            raise ValueError("compare: set compare_to to another run that has a backtest")
        return run

    @property
    def published_to(self) -> str:
        if not (uri := self.config["publish"].get("uri")):
            raise ValueError("publish: set publish.uri to a database, as config.yaml says")
        return uri

    def sold_at(self, nodes: Sequence[str]) -> Sequence[str]:
        """`nodes`, where batteries stand. Raises ValueError for one that is a difference."""
        for node, places in legs(nodes).items():
            raise ValueError(
                f"value and risk: no battery can sell {node!r}, a difference: run them with nodes "
                f"that are places, {' or '.join(places)}, or with such in risk.batteries"
            )
        return nodes

    def window(self, name: Literal["backtest", "validation", "tune"]) -> Window:
        """The checked window of that name. Raises ValueError with the spans that do not fit."""
        window = require_before_backtest(self.config) if name == "tune" else self.config[name]
        if name != "backtest":
            fold_windows(self.config, window)
        start, end = window["start"], window["end"]
        self.require(f"{name} {start} to {end}", start, end)
        return window

    @cached_property
    def raw_months(self) -> list[str]:
        auxiliary = (node["start"] for node in self.config["auxiliary_nodes"].values())
        return months(min([self.covered.first.date(), *auxiliary]) - LOOKBACK, self.covered.last)

    def asked_again(self, month: str) -> str:
        """The run's date, where a workbook may by now tell of a month that it did not."""
        grows = self.config["source"] == "live" and not self.config["live"]["archive"]
        return str(self.day) if grows and month in months(self.day - MONTH, self.day) else ""

    @cached_property
    def price_months(self) -> list[str]:
        return months(self.covered.first, self.covered.last)

    def months_before(self, month: str) -> list[str]:
        """Those with prices that a nowcast of `month` learns from."""
        since = f"{month_days(month)[0] - self.history:%Y-%m}"
        return [m for m in self.price_months if since <= m < month]

    @cached_property
    def backtest_months(self) -> list[str]:
        return months(self.config["backtest"]["start"], self.config["backtest"]["end"])

    def backtest_days(self, month: str | None = None) -> list[date]:
        """Issue dates of the backtest, or those of one month of it."""
        start, end = self.config["backtest"]["start"], self.config["backtest"]["end"]
        first, last = month_days(month) if month else (start, end)
        return list(days(max(first, start), min(last, end)))

    def feature_months(self, first: date, last: date) -> list[str]:
        """Months of feature files with the issue dates from `first` to `last` that exist."""
        return months(max(first, self.first), min(last, self.last))

    def issued(self, month: str) -> tuple[date, date]:
        """First and last issue date of a month: of the open one, only what the source covers."""
        first, last = month_days(month)
        return max(first, self.first), min(last, self.last)

    def known_months(self, month: str) -> list[str]:
        """Months of publication that the features of issue month `month` may read."""
        first, last = month_days(month)
        return months(first - LOOKBACK, issue_time(self.config, min(last, self.last)))

    @cached_property
    def history(self) -> timedelta:
        """From a model's date back to the first issue date that it trains on."""
        return timedelta(days=max(history_days(self.config)))

    def fold_span(self, window: Window) -> tuple[date, date]:
        """First issue date that trains, and when the last label of `window` is known."""
        embargo = timedelta(days=self.config["validation"]["embargo_days"])
        return window["start"] - embargo - self.history, labels_known(self.config, window)

    def candidates(self, day: date) -> list[date]:
        """Dates of the models that may serve issue date `day`, the newest first."""
        every, count = self.config["retrain_every_days"], self.config["ensemble_size"]
        newest, *older = model_dates(day, every, count)
        return [newest, *(d for d in older if d >= self.first + SCARCE)]

    def base(self, day: date) -> date | None:
        """Date of the model that the one dated `day` updates; None: it starts from nothing."""
        c = self.config
        of = base_date(day, c["retrain_every_days"], c["refit"]["every"], c["ensemble_size"])
        enough = of - timedelta(days=c["refit"]["update_days"]) >= self.first
        kinds = {member.get("estimator", c["model"]["estimator"]) for member in c["members"]}
        return of if of != day and enough and kinds & {*UPDATED} else None

    def dated_models(self, served: Iterable[date]) -> list[date]:
        """Of the models that may serve these issue dates, and of the one before, with which the
        champion gate compares the oldest."""
        dated = sorted({d for day in served for d in self.candidates(day)})
        before = dated[0] - timedelta(days=self.config["retrain_every_days"])
        gated = self.config["gate"]["days"] and before >= self.first + SCARCE
        return [before, *dated] if gated else dated

    def serving(self, day: str) -> list[str]:
        """`candidates` as they stand in file names."""
        return [str(d) for d in self.candidates(date.fromisoformat(day))]

    def replay_serving(self, month: str) -> dict[str, list[str]]:
        """Of each issue date of the backtest in a month."""
        return {day: self.serving(day) for day in map(str, self.backtest_days(month))}

    def challenger_serving(self, challenger: str, month: str) -> dict[str, list[str]]:
        """Date of the challenger's model that serves each issue date of a month."""
        every = self.config["challengers"][challenger]["retrain_every_days"]
        return {str(day): [str(model_date(day, every))] for day in self.backtest_days(month)}
