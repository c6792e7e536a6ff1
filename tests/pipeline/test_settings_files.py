"""Files of settings are data: none runs code, none can be blown up."""

import io
import subprocess
import sys

import pytest
import yaml
from snakemake_interface_common.exceptions import WorkflowError

from snakemake_logger_plugin_rtlmp import read_settings, size
from tests.helpers.build import ROOT
from tests.helpers.repo import snakemake

BOMB = "a0: &a0 {x: 1}\n" + "".join(
    f"a{k}: &a{k} {{{', '.join(f'k{n}: *a{k - 1}' for n in range(9))}}}\n" for k in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("__use_yte__: true\nseed: ?1/0\n", "__use_yte__ would run code"),
        (BOMB, "over 100,000 values"),
        ("a: &a\n  b: *a\n", "over 100,000 values"),
        ("a: !!python/object/apply:os.getcwd []", "python/object.*line 1"),
        ("a: [1\nb: 2", "line 2"),
        ("[" * 5000, "recursion"),
    ],
)
def test_templates_and_bombs_are_refused(text, words):
    with pytest.raises(WorkflowError, match=f"(?s){words}"):
        read_settings(io.StringIO(text), require_use_yte=True)


def test_every_example_is_read_as_it_was():
    for path in [ROOT / "config.yaml", *(ROOT / "config").glob("*.yaml")]:
        with path.open() as file:
            assert read_settings(file, require_use_yte=True) == yaml.safe_load(path.read_text())


def test_values_are_counted_as_often_as_they_would_be_written():
    pair = [1, 2]
    assert size({"a": pair, "b": pair, "c": "text"}, {}) == 1 + 3 + 2 * 3 + 1


@pytest.mark.integration
def test_snakemake_itself_runs_no_code_from_a_settings_file(tmp_path):
    written = tmp_path / "written"
    bad = tmp_path / "bad.yaml"
    bad.write_text(f"__use_yte__: true\nseed: ?open({str(written)!r}, 'w').write('x')\n")
    said = snakemake(ROOT, bad, "--dry-run", "--directory", str(tmp_path), ok=False)
    assert "__use_yte__ would run code" in said
    assert not written.exists()


@pytest.mark.integration
def test_lines_of_snakemake_are_objects_on_request(tmp_path):
    command = [sys.executable, "-m", "snakemake", "-n", "--logger", "rtlmp", "--directory"]
    done = subprocess.run(
        [*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [yaml.safe_load(line) for line in done.stderr.splitlines() if line[:1] == "{"]
    assert {"time", "level", "message"} <= {*lines[0]}
