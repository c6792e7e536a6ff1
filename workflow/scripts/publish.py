import sys
from pathlib import Path

from rtlmp.pipeline.job import Job
from rtlmp.publish import publish

job = Job()
made = publish(Path(job.params.root), job.run_config["publish"]["uri"])
sys.stdout.writelines(f"{table}: {rows:,} rows put in\n" for table, rows in made.items())
