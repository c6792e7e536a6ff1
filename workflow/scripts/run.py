"""The script that params name: a rule made from another one cannot name its own."""

import sys
from pathlib import Path

from __main__ import snakemake
from rtlmp.pipeline.forkserver import run_forked
from rtlmp.pipeline.job import run_job

script = Path(__file__).with_name(snakemake.params.script)
if (code := run_forked(script, snakemake)) is None:
    run_job(script, snakemake)
elif code:
    sys.exit(code)
