"""The script that params name: a rule made from another one cannot name its own."""

import runpy
from pathlib import Path

from __main__ import snakemake
from rtlmp.pipeline.job import timed_step

script = Path(__file__).with_name(snakemake.params.script)
with timed_step(snakemake.rule, dict(snakemake.wildcards.items()), snakemake.output):
    runpy.run_path(str(script), {"snakemake": snakemake}, "__main__")
