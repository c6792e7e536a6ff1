"""Pages open offline in a real browser, without an error or a request, and answer the mouse."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from rtlmp.io.tables import write_table
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
MOUSE = """<script>
const box = document.querySelector("svg").getBoundingClientRect();
const at = (type, x) => document.querySelector("svg").dispatchEvent(
  new PointerEvent(type, {clientX: box.left + x, clientY: box.top + 50, bubbles: true}));
at("pointermove", 64 + (box.width - 76) * 30.5 / 48);
document.body.dataset.hover = document.querySelector(".readout").textContent;
const choice = document.querySelector("select");
choice.value = 1; choice.dispatchEvent(new Event("change"));
document.body.dataset.chosen = document.querySelector(".readout").textContent;
</script></body>"""


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
def test_hovering_shows_the_hour_and_choosing_changes_the_chart(page):
    page.write_text(page.read_text().replace("</body>", MOUSE))
    dom = opened(page, "--dump-dom").stdout
    assert re.search(r'data-hover="Mon 04 Nov 2024 05:00 CST \(HE 06\) &gt; \$50/MWh 32 %', dom)
    assert re.search(r'data-chosen="Sun 03 Nov 2024 00:00 CDT \(HE 01\) &gt; \$50/MWh 0.0 %', dom)


@browser
def test_a_page_draws_something(page):
    shot = page.with_suffix(".png")
    opened(page, f"--screenshot={shot}", "--window-size=1000,900")
    assert len(np.unique(np.asarray(Image.open(shot).convert("RGB")).reshape(-1, 3), axis=0)) > 20


def test_every_figure_has_a_caption_and_every_caption_a_figure():
    captions = {path.stem for path in (ROOT / "workflow/report/backtest").glob("*.rst")}
    assert captions == set(FIGURES)


@browser
def test_another_node_frees_the_hour_held_and_a_threshold_can_be_chosen_alone(page):
    script = MOUSE.replace('at("pointermove"', 'at("click", 300); at("pointermove"', 1).replace(
        "document.body.dataset.chosen =",
        'at("pointermove", 64 + (box.width - 76) * 30.5 / 48);'
        'const only = document.querySelectorAll("select")[1];'
        "document.body.dataset.free = document.querySelector('.readout').textContent;"
        'only.value = "> $100/MWh"; only.dispatchEvent(new Event("change"));'
        "document.body.dataset.chosen =",
    )
    page.write_text(page.read_text().replace("</body>", script))
    dom = opened(page, "--dump-dom").stdout
    assert re.search(r'data-free="Mon 04 Nov 2024 05:00 CST \(HE 06\) &gt; \$50/MWh 32 %', dom)
    assert re.search(r'data-chosen="Sun 03 Nov 2024 00:00 CDT \(HE 01\) &gt; \$100/MWh 0.0 %"', dom)


@browser
def test_one_picker_drives_every_chart_and_marks_the_rows_of_its_node(tmp_path):
    only = example()
    [section] = only.sections
    rows = html_table(pd.DataFrame({"location": ["A", "B </script>"]}), "Glance")
    twice = [section, section._replace(tables=[rows])]
    render(only._replace(sections=twice), tmp_path / "page.html")
    script = """<script>
const [choice, only] = document.querySelectorAll(".pick select");
choice.value = 1; choice.onchange();
document.body.dataset.lines = document.querySelectorAll(".line").length;
document.body.dataset.rows = [...document.querySelectorAll("tr.chosen")].map(r => r.textContent);
</script></body>"""
    page = tmp_path / "page.html"
    page.write_text(page.read_text().replace("</body>", script))
    dom = opened(page, "--dump-dom").stdout
    assert 'data-lines="4"' in dom  # two charts of B, which has no panel of prices
    assert 'data-rows="B &lt;/script&gt;"' in dom


def test_bounds_are_lines_of_their_own():
    hours = pd.date_range("2024-11-03", periods=2, freq="h", tz="America/Chicago")
    wide = pd.DataFrame({50.0: [0.2, 0.3]}, index=hours)
    names = [line["name"] for line in probabilities(wide, wide / 2, wide * 2)["lines"]]
    assert names == ["> $50/MWh", "> $50/MWh lower bound", "> $50/MWh upper bound"]


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
