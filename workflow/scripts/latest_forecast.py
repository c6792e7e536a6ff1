import json
import shutil
from functools import partial

import pyarrow.parquet as pq

from rtlmp.io.files import CHECKSUMS, atomic
from rtlmp.io.parquet import open_parquet
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Flagged

job = Job()
about = {name: of.description for name, of in Flagged.to_schema().columns.items()}
table = open_parquet(job.input[0]).read()
told = {**table.schema.metadata, "rtlmp": json.dumps({"schema_version": "1", "columns": about})}
atomic(job.output[0], partial(pq.write_table, table.replace_schema_metadata(told), **CHECKSUMS))
atomic(job.output[1], partial(shutil.copyfile, job.input[1]))
