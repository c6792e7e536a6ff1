"""What the store holds is what was fetched, and whose it is; anything else is asked for again."""

import io
import json
import logging
import zipfile
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from rtlmp.io.files import BadFileError
from rtlmp.sources import weather
from rtlmp.sources.base.interface import observe
from rtlmp.sources.base.store import Listing, Posting, read_listing, save_listing, sealed, unsealed
from tests.helpers import live
from tests.helpers.replay import serving, zipped

NOW = live.at("2026-10-04T15:00")
HOUR = ("2026-10-04T07:00", "2026-10-04T08:00")


def test_a_stored_posting_is_still_a_zip_and_says_whose_it_is():
    body = zipped("a.csv", b"a,b")
    kept = sealed("np6-788-cd", "7", body)
    assert zipfile.ZipFile(io.BytesIO(kept)).read("a.csv") == b"a,b"
    assert unsealed("np6-788-cd", "7", kept) == unsealed("np6-788-cd", "7", body) == body
    for report, posting, changed in (
        ("np6-788-cd", "8", kept),
        ("np6-905-cd", "7", kept),
        ("np6-788-cd", "7", b"x" + kept),
        ("np6-788-cd", "7", kept[:-1]),
    ):
        with pytest.raises(ValueError, match="not the bytes that were fetched"):
            unsealed(report, posting, changed)


def test_the_bytes_of_another_posting_are_set_aside_and_asked_for_again(tmp_path, caplog):
    with serving(lambda: NOW) as server:
        read = partial(live.read, "np6-788-cd", *HOUR)
        want = read(live.tools(server, tmp_path))
        one, two, *_ = sorted(tmp_path.rglob("*.zip"))
        one.write_bytes(two.read_bytes())
        found = read(live.tools(server, tmp_path))
        assert len(found) == len(want) - 3
        assert f"posting {one.stem} of" in caplog.text
        assert "not the bytes that were fetched: damaged, or those of another" in caplog.text
        assert read(live.tools(server, tmp_path)).equals(want)


@pytest.mark.parametrize("spoil", ["damaged", "another's"])
def test_a_call_that_is_damaged_or_of_another_place_is_asked_for_again(tmp_path, caplog, spoil):
    caplog.set_level(logging.WARNING)
    span = live.at("2026-10-03T15:00"), NOW
    with serving(lambda: NOW) as server:
        read = partial(observe, weather.SOURCES[0], *span)
        want = read(live.tools(server, tmp_path))
        one, two, *_ = sorted(tmp_path.rglob("*.parquet"))
        body = bytearray(one.read_bytes())
        body[300] ^= 1
        one.write_bytes(body if spoil == "damaged" else two.read_bytes())
        assert read(live.tools(server, tmp_path)).equals(want)
        assert f"{one}: " in caplog.text
        assert "set aside, asked for again" in caplog.text
        assert one.with_suffix(".broken").exists()
        asked = len(server.asked)
        assert read(live.tools(server, tmp_path)).equals(want)
        assert len(server.asked) == asked


def test_a_broken_listing_is_named(tmp_path):
    path = tmp_path / "index.json"
    at = datetime(2026, 10, 4, tzinfo=UTC)
    listing = Listing(at, at + timedelta(days=1), (Posting("7", at, "name"),))
    save_listing(tmp_path, listing)
    whole = path.read_text()
    assert read_listing(tmp_path) == listing
    path.write_text('{"since": "2026-10-04T00:00:00+00:00"}')
    with pytest.raises(BadFileError, match=r"index\.json: cannot be read.*KeyError 'postings'"):
        read_listing(tmp_path)
    path.write_text(whole.replace('"7"', '"8"'))
    with pytest.raises(BadFileError, match=r"index\.json: .*not what was listed"):
        read_listing(tmp_path)
    stored = json.loads(whole)
    del stored["sha256"]  # of a version before 0.2
    path.write_text(json.dumps(stored))
    assert read_listing(tmp_path) == listing
