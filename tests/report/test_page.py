"""Pages open offline in a real browser, without an error or a request, and answer the mouse."""

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from rtlmp.io.tables import write_table
from rtlmp.report import page as pages
from rtlmp.report.figures.backtest import FIGURES
from rtlmp.report.index import write_index
from rtlmp.report.page import Page, Section, chart, group, html_table, prices, probabilities, render
from rtlmp.schemas.core import Metrics
from tests.helpers.build import ROOT

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
browser = pytest.mark.skipif(BROWSER is None, reason="no chromium: apt-get install chromium")
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--no-first-run", "--enable-logging=stderr", "--virtual-time-budget=3000"]  # fmt: skip
FETCH = re.compile(r"""(src|href)\s*=\s*["']?(?!data:|#)|url\(|@import|fetch\(|XMLHttp|import\(""")
MOUSE = """<script>(async () => {
const [choice, only] = document.querySelectorAll(".pick select"), said = document.body.dataset;
const drawn = () => new Promise(done => setTimeout(done, 50));
const told = () => [...document.querySelectorAll(".u-legend")].map(of =>
  [...of.querySelectorAll("tr:not(.mark)")].map(row => row.textContent).join(""));
const at = (type, hour) => {
  const over = document.querySelector(".u-over"), box = over.getBoundingClientRect();
  const where = {clientX: box.left + box.width * (hour + 0.5) / 48, clientY: box.top + 50};
  over.dispatchEvent(new MouseEvent(type, {...where, bubbles: true}));
};
const plot = document.querySelector(".plot");
const key = of => plot.dispatchEvent(new KeyboardEvent("keydown", {key: of}));
const choose = async (of, value) => {
  of.value = value; of.dispatchEvent(new Event("change")); await drawn();
};
await drawn();
%s
})();</script></body>"""


def example() -> Page:
    hours = pd.date_range("2024-11-03", periods=48, freq="h", tz="America/Chicago")
    wide = pd.DataFrame(
        {50.0: np.linspace(0, 0.5, 48), 100.0: np.linspace(0, 0.2, 48)}, index=hours
    )
    wide.iloc[5] = np.nan
    panels = [probabilities(wide), prices(pd.Series(np.arange(48.0), hours), wide.columns)]
    groups = [group("A", hours, panels), group("B </script>", hours, panels[:1])]
    numbers = html_table(pd.DataFrame({"a_b": [0.5, np.nan], "c": ["x", "<b>"]}), "Numbers")
    return Page("Title", "About", [Section("One", charts=[chart(groups)], tables=[numbers])], ["!"])


@pytest.fixture
def page(tmp_path: Path) -> Path:
    render(example(), tmp_path / "page.html")
    return tmp_path / "page.html"


def opened(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    profile = f"--user-data-dir={path.parent / 'profile'}"
    command = [str(BROWSER), *QUIET, profile, *words, path.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)


def did(path: Path, script: str) -> dict[str, str]:
    """What `script`, which has the names of MOUSE, left in `said`."""
    path.write_text(path.read_text().replace("</body>", MOUSE % script))
    dom = opened(path, "--dump-dom").stdout
    return {k: unescape(v) for k, v in re.findall(r'data-(\w+)="([^"]*)"', dom)}


def complaints(path: Path) -> list[str]:
    """Console messages: script errors, and everything that the page's own policy forbids, which
    is any request."""
    return re.findall(r"CONSOLE.*", opened(path, "--dump-dom").stderr)


def test_a_page_asks_for_nothing(page):
    assert not FETCH.findall(page.read_text().replace('rel="icon" href="data:,"', ""))
    assert "default-src 'none'" in page.read_text()


def test_text_from_data_is_not_markup(page):
    assert "<b>" not in page.read_text()
    assert "B </script>" not in page.read_text()


@browser
def test_a_page_opens_without_a_console_message_and_without_the_network(page):
    assert complaints(page) == []


@browser
@pytest.mark.parametrize(
    "bad", ["<script>nothing()</script>", '<img src="https://example.org/x.png">']
)
def test_errors_and_requests_would_be_seen(page, bad):
    page.write_text(page.read_text().replace("</body>", f"{bad}</body>"))
    assert complaints(page)


@browser
def test_an_hour_is_told_of_by_mouse_and_keys_held_by_a_click_and_freed_by_another_node(page):
    said = did(page, """
at("mousemove", 30); said.hover = told();
at("mousedown", 30); at("mouseup", 30); at("mousemove", 3); said.held = told();
await choose(choice, 1); said.chosen = told();
at("mousemove", 30); key("ArrowRight"); key("ArrowRight"); key("ArrowLeft");
said.key = document.querySelector("output").textContent;
await choose(only, "> $100/MWh"); said.only = told();""")  # fmt: skip
    hour = "hourMon 04 Nov 2024 05:00 CST (HE 06)"
    assert said["hover"] == f"{hour}> $50/MWh32 %> $100/MWh13 %,{hour}highest price $/MWh30.0"
    assert said["held"] == said["hover"]
    first = "hourSun 03 Nov 2024 00:00 CDT (HE 01)"
    assert said["chosen"] == f"{first}> $50/MWh0.0 %> $100/MWh0.0 %"
    assert said["key"] == "hourMon 04 Nov 2024 06:00 CST (HE 07), > $50/MWh33 %, > $100/MWh13 %"
    assert said["only"] == f"{first}> $100/MWh0.0 %"


@browser
def test_a_page_draws_something(page):
    shot = page.with_suffix(".png")
    opened(page, f"--screenshot={shot}", "--window-size=1000,900")
    assert len(np.unique(np.asarray(Image.open(shot).convert("RGB")).reshape(-1, 3), axis=0)) > 20


def test_every_figure_has_a_caption_and_every_caption_a_figure():
    captions = {path.stem for path in (ROOT / "workflow/report/backtest").glob("*.rst")}
    assert captions == set(FIGURES)


@browser
def test_one_picker_drives_every_chart_and_marks_the_rows_of_its_node(tmp_path):
    only = example()
    [section] = only.sections
    rows = html_table(pd.DataFrame({"location": ["A", "B </script>"]}), "Glance")
    twice = [section, section._replace(tables=[rows])]
    render(only._replace(sections=twice), tmp_path / "page.html")
    said = did(tmp_path / "page.html", """await choose(choice, 1);
said.lines = told().length;
said.rows = [...document.querySelectorAll("tr.chosen")].map(r => r.textContent);""")  # fmt: skip
    assert said["lines"] == "2"  # a chart each of B, which has no panel of prices
    assert said["rows"] == "B </script>"


def test_what_stands_beside_a_threshold_is_drawn_where_it_is_chosen_alone():
    hours = pd.date_range("2024-11-03", periods=2, freq="h", tz="America/Chicago")
    wide = pd.DataFrame({50.0: [0.2, 0.3], 75.0: [0.1, 0.2]}, index=hours)
    lines = probabilities(wide, {"lower bound": wide / 2}, {75.0})["lines"]
    assert {line["name"]: line["alone"] for line in lines} == {
        "> $50/MWh": False, "> $75/MWh": True,
        "> $50/MWh lower bound": True, "> $75/MWh lower bound": True,
    }  # fmt: skip


def test_the_index_leads_to_what_is_there(tmp_path):
    for name in ("report/daily/2024-03-19", "report/daily/2024-03-20", "report/value"):
        render(example(), tmp_path / f"{name}.html")
    for path in ("settlement/blocks", "validation/folds", "compare/other/metrics"):
        (tmp_path / path).parent.mkdir(parents=True)
        long = pd.DataFrame({"location": ["ALL", "A"], "hours": [0.25, 0.5]})
        long.to_parquet(tmp_path / f"{path}.parquet")
    write_index(tmp_path)
    told = re.findall('href="([^"]+html)"', (tmp_path / "index.html").read_text())
    assert told == ["report/daily/2024-03-20.html", "report/daily/2024-03-19.html",
                    "report/verify.html", "report/value.html", "report/validate.html",
                    "report/compare.html"]  # fmt: skip
    page = (tmp_path / "report/compare.html").read_text()
    assert "compare/other/metrics: 1 rows" in page
    assert "0.250" in page
    assert "0.500" not in page


def test_a_page_of_scores_has_a_column_a_metric_units_and_a_figure_of_the_skill(tmp_path):
    keys = {"location": ["ALL", "ALL", "A"], "threshold": 50.0, "lead_day": 0}
    scores = [
        pd.DataFrame(
            {**keys, "metric": metric, "value": [0.25, v, 0.5], "low": v - 0.025, "high": 0.9}
        )
        for metric, v in (("log_loss_skill", 0.125), ("auc", np.nan), ("rows", 9.0))
    ]
    rows = pd.concat(scores, ignore_index=True)
    for name in ("mine", "theirs"):
        table = rows.assign(model=["model", "climatology", "model"] * 3)
        write_table(Metrics, table, tmp_path / f"scenario/{name}/metrics.parquet")
    write_index(tmp_path)
    page = (tmp_path / "report/verify.html").read_text()
    assert page.count("data:image/png") == 2
    heads = re.findall(r"<th scope=.col.>([^<]+)", page)
    assert heads == ["threshold, USD/MWh", "model", "log loss skill", "auc"] * 2
    cells = re.findall(r"<td[^>]*>([^<]*)", page)
    assert cells[:8] == ["50", "climatology", "0.125 [0.100, 0.900]", "-",
                         "50", "model", "0.250 [0.100, 0.900]", "0.250"]  # fmt: skip


def test_an_empty_run_has_no_index(tmp_path):
    write_index(tmp_path)
    assert not [*tmp_path.iterdir()]


def test_captions_of_the_value_page_say_run_period_and_source(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    config = {"run": "r", "market": "ERCOT", "source": "files"}
    params = SimpleNamespace(config=config, window={"start": "2024-03-01", "end": "2024-03-31"})
    for caption in (ROOT / "workflow/report/value").glob("*.rst"):
        told = pages.picture(tmp_path / "a.png", caption, SimpleNamespace(params=params)).caption
        assert told.endswith("\nRun r: ERCOT, source files, 2024-03-01 to 2024-03-31.")
