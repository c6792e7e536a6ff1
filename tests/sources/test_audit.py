"""The audit lists anew what index.json claims to know."""

from datetime import timedelta

import httpx

from rtlmp.config import parse_config
from rtlmp.sources import audit as module
from rtlmp.sources.base.store import read_listing, save_listing
from tests.helpers import live
from tests.helpers.build import settings
from tests.helpers.replay import hosts, serving

NOW = live.at("2026-10-04T15:00")


def test_differences_are_named_and_fetched_by_the_next_run(tmp_path, monkeypatch):
    span = ("2026-10-04T00:00", "2026-10-04T15:00")
    with serving(lambda: NOW) as server:
        tools = live.tools(server, tmp_path, slept=[], archive=False)
        want = live.read("np3-565-cd", *span, tools)
        folder = tmp_path / "np3-565-cd/2026-10"
        held = read_listing(folder)
        never, damaged, dropped = held.postings[1], held.postings[2], held.postings[3]
        paths = {p.stem: p for p in folder.rglob("*.zip")}
        paths[never.id].unlink()
        left = tuple(p for p in held.postings if p != never)
        mine = dropped._replace(id="7", published=dropped.published + timedelta(seconds=1))
        save_listing(folder, held._replace(postings=(*left, mine)))
        paths[damaged.id].with_name("7.zip").write_bytes(b"kept")
        paths[damaged.id].write_bytes(b"x" + paths[damaged.id].read_bytes())
        unopened = tools.client._replace(http=httpx.Client())
        monkeypatch.setattr(module, "tools_of", lambda *_: tools._replace(client=unopened))
        live_settings = {"store": str(tmp_path), "archive": False, "fetch": ["load_forecast"]}
        config = parse_config(
            settings(source="live", start="2026-10-01",
                     live={**live_settings, "hosts": hosts(server.url)})
        )  # fmt: skip
        found = {o.posting: o for o in module.audit(config, NOW - timedelta(days=31), NOW)}
        assert {*found} == {never.id, damaged.id, "7"}
        assert found[never.id].why == "never fetched"
        assert found[damaged.id].why.startswith("not the bytes that were fetched")
        assert (found["7"].why, found["7"].accepted) == ("no longer listed", True)
        again = live.tools(server, tmp_path, slept=[], archive=False)
        merged = read_listing(folder)
        rest = tuple(p for p in merged.postings if p.id != "7")
        save_listing(folder, merged._replace(postings=rest))
        assert live.read("np3-565-cd", *span, again).equals(want)
