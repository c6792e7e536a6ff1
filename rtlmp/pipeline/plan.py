"""Which files of a run each job reads."""

import os
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from snakemake.iocontainers import Wildcards

from rtlmp.catalog import READ
from rtlmp.clock import CLIMATE, issue_time, month_days, months
from rtlmp.config import Gate, Window
from rtlmp.config.model import held_out_span
from rtlmp.pipeline.dates import MONTH
from rtlmp.pipeline.paths import Inputs, Paths

DAY: Final = timedelta(days=1)


class Plan(Paths):
    """Months that do not exist are left out of what is read."""

    def models(self, pools: Iterable[str], served: Sequence[date]) -> Inputs:
        """Files of the models that may serve these issue dates."""
        return self.dated(pools, self.dated_models(served))

    def published_near(self, series: Iterable[str], month: str) -> list[str]:
        """Of what an hour of `month` may be made from: the hour before midnight counts."""
        first, last = month_days(month)
        return self.raw(series, months(first - DAY, last))

    def known_raw(self, w: Wildcards, denied: Iterable[str] = ()) -> list[str]:
        """What features of an issue month may read, but for the series `denied`."""
        read = [q for q in self.series if q.step == "h" and q in READ and q not in denied]
        return self.raw(read, self.known_months(w.month))

    @property
    def to_ask_again(self) -> list[str]:
        """Of the months of its date in which a source failed: unfinished."""
        from rtlmp.evaluation.tables import Lost
        from rtlmp.io.tables import read_frame  # pandas: not where nothing is run

        near = filter(os.path.exists, self.lost(months(self.day - MONTH, self.day)))
        return [path for path in near if (read_frame(path)[Lost.posting] == "").any()]

    def known_hourly(self, w: Wildcards) -> list[str]:
        return self.hourly(self.known_months(w.month))

    def known_auxiliary(self, w: Wildcards) -> list[str]:
        there = [m for m in self.known_months(w.month) if m in self.raw_months]
        return [f"{self.root}/auxiliary/hourly/{m}.parquet" for m in there]

    def auxiliary(self, since: date, until: date) -> Inputs:
        """Of each node whose history ends in training, where it reaches into that span."""
        of = [
            (name, m)
            for name, node in self.config["auxiliary_nodes"].items()
            if node["start"] <= until and node["end"] >= since
            for m in months(max(since, node["start"]), min(until, node["end"]))
        ]
        folder = f"{self.root}/auxiliary"
        return {
            "auxiliary_history": [f"{folder}/history/{name}/{m}.arrow" for name, m in of],
            "auxiliary_hourly": sorted({f"{folder}/hourly/{m}.parquet" for _, m in of}),
        }

    def known_rows(self, pool: str, since: date, until: date) -> Inputs:
        """Features and prices of the nodes of a pool on these issue dates."""
        read = self.feature_months(since, until)
        return {"history": self.history_files([pool], read), "hourly": self.hourly(read)}

    def carded(self, w: Wildcards) -> Inputs:
        """What the page of a model sets it against: all that it could learn from."""
        day = date.fromisoformat(w.date)
        return self.known_rows(w.pool, day - self.history, day)

    def training(self, w: Wildcards) -> Inputs:
        """What the model of a pool and a date is trained on."""
        day = date.fromisoformat(w.date)
        base = None if "challenger" in vars(w) else self.base(day)
        return {  # the same for an update: it may have to start from nothing
            **self.carded(w),
            **self.auxiliary(day - self.history, day),
            **self.dated([w.pool], [base] if base else [], "base_"),
        }

    def folds(self, window: Window) -> Inputs:
        """What the folds of `window` are made of."""
        first, last = self.fold_span(window)
        trained = self.feature_months(first, window["end"])
        scored = self.feature_months(window["start"], window["end"])
        return {
            "history": self.history_files(self.config["pools"], trained),
            "features": self.features(self.config["nodes"], scored),
            "hourly": self.hourly(months(first, last)),
            **self.auxiliary(first, last),
        }

    def served(self, nodes: Iterable[str], pools: Iterable[str], issued: Sequence[date]) -> Inputs:
        """What forecasts of consecutive issue dates of a month are made of, the gate included."""
        first = self.candidates(issued[0])[-1] - timedelta(days=held_out_span(self.config["gate"]))
        gate, climate = (self.feature_months(d, issued[-1]) for d in (first, issued[0] - CLIMATE))
        return {
            "features": self.features(nodes, months(issued[0], issued[-1])),
            "history": self.history_files(pools, gate),
            "hourly": self.hourly(sorted({*gate, *climate})),
            **self.models(pools, issued),
        }

    def forecast(self, w: Wildcards) -> Inputs:
        """Of all nodes on an issue date."""
        return self.served(self.config["nodes"], self.config["pools"], [date.fromisoformat(w.date)])

    def replay(self, w: Wildcards) -> Inputs:
        """Of a pool in a month of the backtest."""
        pools = self.config["pools"]
        return self.served(pools[w.pool], [w.pool], self.backtest_days(w.month))

    def replay_denied(self, w: Wildcards) -> Inputs:
        """As `replay`, from features that had to do without some series."""
        nodes, folder = self.config["pools"][w.pool], f"data_denial/{w.denied}/"
        return {**self.replay(w), "features": self.features(nodes, [w.month], folder)}

    @property
    def ungated(self) -> Gate:
        return {**self.config["gate"], "days": 0}

    def alone(self, challenger: str) -> dict[str, object]:
        """Those in which the training of a challenger differs."""
        member = self.config["challengers"][challenger]["member"]
        return {"gate": self.ungated, "members": [member]}

    def replay_challenger(self, w: Wildcards) -> Inputs:
        """As `replay`, by the models of a challenger, which no gate tests."""
        serving = self.challenger_serving(w.challenger, w.month)
        dated = sorted({day for of in serving.values() for day in of})
        folders = [f"{self.root}/challenger/{w.challenger}/{w.pool}/{day}" for day in dated]
        boosters, cards = ([f"{f}/{n}" for f in folders] for n in ("booster.ubj", "card.json"))
        return {**self.replay(w), "history": [], "boosters": boosters, "cards": cards}

    @cached_property
    def replayed(self) -> list[tuple[str, str]]:
        """Pool and month of each file of replayed forecasts."""
        return [(pool, m) for pool in self.config["pools"] for m in self.backtest_months]

    def replays(self, of: str = "backtest") -> list[str]:
        return [f"{self.root}/{of}/replay/{pool}/{m}.parquet" for pool, m in self.replayed]

    @cached_property
    def other_replays(self) -> Inputs:
        """Those of what a backtest scores beside the model, by name."""
        trained = {of: self.replays(f"challenger/{of}") for of in self.config["challengers"]}
        denied = {name: self.replays(f"data_denial/{name}") for name in self.config["data_denial"]}
        return {**trained, **denied}

    def issued_on(self, *issued: str) -> Inputs:
        """Features of all nodes and all models of some issue dates."""
        features = self.features(self.config["nodes"], sorted({day[:7] for day in issued}))
        served = [date.fromisoformat(day) for day in issued]
        return {"features": features, **self.models(self.config["pools"], served)}

    def daily_report(self, w: Wildcards) -> Inputs:
        """Beside the forecast: those of the two days before, the models, and what was known."""
        day = date.fromisoformat(w.date)
        near = months(day - MONTH, issue_time(self.config, day))  # or the next: days are local
        before = [day - DAY, day - 2 * DAY]
        return {
            "earlier": [f"{self.root}/issued/{d}.parquet" for d in before if d >= self.first],
            **self.issued_on(w.date),
            "hourly": self.hourly(near),
            "raw": self.raw(self.series, near),
            "lost": self.lost(near),
        }
