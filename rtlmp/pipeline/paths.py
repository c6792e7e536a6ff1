"""Where the files of a run lie."""

from collections.abc import Iterable, Sequence
from datetime import date
from fnmatch import fnmatch
from functools import cached_property
from itertools import chain

from snakemake.io import expand

from rtlmp.catalog import DAM_PARTS, READ, RT_PARTS, SeriesName
from rtlmp.io.files import folder_name
from rtlmp.pipeline.dates import Dates
from rtlmp.report import TABLED
from rtlmp.sources.synthetic import NAMED

Inputs = dict[str, list[str]]


class Paths(Dates):
    """Months that do not exist are left out."""

    @cached_property
    def root(self) -> str:
        return f"results/{self.config['run']}"

    def makes_pages(self, outputs: Iterable[str]) -> bool:
        """Whether any of them is a page, or on one: the index is to be made anew."""
        on_pages = [f"{self.root}/{of}" for of in chain(["*.html", "*.md"], *TABLED.values())]
        return any(fnmatch(p, of) for p in outputs for of in on_pages)

    @cached_property
    def series(self) -> Sequence[SeriesName]:
        if self.config["source"] != "live":
            fetched = self.config["live"]["fetch"] if self.config["source"] == "synthetic" else ()
            return *READ, *RT_PARTS, *DAM_PARTS, *(q for q in NAMED if q in fetched)
        from rtlmp.sources.registry import series_of  # every source: slow

        return series_of(self.config)

    def tables(self, folder: str, *names: str) -> dict[str, str]:
        return {name: f"{self.root}/{folder}/{name}.parquet" for name in names}

    def paths_of(self, made: str | Iterable[str], **wildcards: object) -> list[str]:
        """`expand` of what a rule makes, also where a storage prefix marks it: expand refuses."""
        marked = [made] if isinstance(made, str) else made
        return list(expand([path[path.rindex(self.root) :] for path in marked], **wildcards))

    def raw(self, series: Iterable[str], months: Iterable[str]) -> list[str]:
        there = [m for m in months if m in self.raw_months]
        return [f"{self.root}/raw/{q}/{m}.parquet" for q in series for m in there]

    def lost(self, months: Iterable[str]) -> list[str]:
        """What live sources did not give."""
        there = [m for m in months if m in self.raw_months and self.config["source"] == "live"]
        return [f"{self.root}/lost/{m}.parquet" for m in there]

    def hourly(self, months: Iterable[str]) -> list[str]:
        return [f"{self.root}/hourly/{m}.parquet" for m in months if m in self.price_months]

    def features(self, nodes: Iterable[str], months: Sequence[str], of: str = "") -> list[str]:
        folders = [f"{self.root}/{of}features/{folder_name(node)}" for node in nodes]
        return [f"{folder}/{m}.parquet" for folder in folders for m in months]

    def history_files(self, pools: Iterable[str], months: Sequence[str]) -> list[str]:
        return [f"{self.root}/history/{pool}/{m}.arrow" for pool in pools for m in months]

    def boosters(self, folder: str) -> list[str]:
        """A file a member of the model in `folder`."""
        count = len(self.config["members"])
        return [f"{folder}/booster{f'-{k}' if k else ''}.ubj" for k in range(count)]

    def dated(self, pools: Iterable[str], dates: Iterable[date], of: str = "") -> Inputs:
        """Files of the models of these dates, under `of`boosters and `of`cards."""
        folders = [f"{self.root}/model/{pool}/{day}" for pool in pools for day in dates]
        boosters = [b for folder in folders for b in self.boosters(folder)]
        return {f"{of}boosters": boosters, f"{of}cards": [f"{f}/card.json" for f in folders]}
