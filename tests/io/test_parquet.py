"""Row groups: each table written is one of them, whatever its size."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rtlmp.io.files import BadFileError
from rtlmp.io.parquet import open_parquet, write_row_groups
from rtlmp.io.tables import read_frame


def test_a_table_is_one_row_group_even_above_what_arrow_writes_as_one(tmp_path):
    rows = [0, 3, (1 << 20) + 1]
    tables = (pa.table({"a": pa.nulls(n, pa.int8())}) for n in rows)
    write_row_groups(tables, tmp_path / "t.parquet")
    file = pq.ParquetFile(tmp_path / "t.parquet").metadata
    assert [file.row_group(k).num_rows for k in range(file.num_row_groups)][-2:] == rows[1:]


@pytest.mark.parametrize("read", [open_parquet, read_frame])
@pytest.mark.parametrize("content", [b"", b"PAR1cut"])
def test_what_cannot_be_read_is_named(tmp_path, read, content):
    (tmp_path / "t.parquet").write_bytes(content)
    with pytest.raises(BadFileError, match=r"t\.parquet: cannot be read"):
        read(tmp_path / "t.parquet")
