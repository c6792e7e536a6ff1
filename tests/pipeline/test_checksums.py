"""A file is hashed once for all outputs of its jobs, and again when it has changed."""

import asyncio
import hashlib
from types import SimpleNamespace

import pytest
from snakemake.io import IOFile, _IOFile

from rtlmp.pipeline.checksums import HASHED, remember_checksums

WITHOUT_CACHE = SimpleNamespace(workflow=SimpleNamespace(iocache=SimpleNamespace(active=False)))


@pytest.fixture
def hashed(monkeypatch):
    """Files that were read to be hashed."""
    read, digest = [], hashlib.file_digest
    monkeypatch.setattr(_IOFile, "checksum", HASHED)  # and so again afterwards
    monkeypatch.setattr(hashlib, "file_digest", lambda f, of: read.append(f.name) or digest(f, of))
    return read


def test_a_file_is_hashed_once_until_it_changes(tmp_path, hashed):
    path = tmp_path / "raw.parquet"
    path.write_bytes(b"before")

    def checksum(most=100):
        of = IOFile(str(path), None)
        of.rule = WITHOUT_CACHE
        return asyncio.run(of.checksum(most))

    remember_checksums()
    assert [checksum(), checksum()] == [f"sha256:{hashlib.sha256(b'before').hexdigest()}"] * 2
    assert hashed == [str(path)]
    assert checksum(most=5) is None  # too large to be hashed
    new = tmp_path / "new"
    new.write_bytes(b"behind")
    new.replace(path)
    assert checksum() == f"sha256:{hashlib.sha256(b'behind').hexdigest()}"
    path.unlink()
    assert checksum() is None
