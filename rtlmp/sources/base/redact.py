"""What a message may say of an answer: its first words, and no secret of ours that it echoes."""

import html
import json
import os
import re
from typing import Final
from urllib.parse import quote, quote_plus

NAMES: Final = re.compile(r"_(KEY|PASSWORD|SECRET|TOKEN|USERNAME)$")  # of environment variables
TOKENS: Final = re.compile(r"bearer\s+\S+|eyJ[\w.~-]{8,}", re.IGNORECASE)
MARKUP: Final = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)
SHORTEST: Final = 4  # what is shorter is in any text
READ, SHOWN = 20_000, 120  # of an answer
HIDDEN: Final[set[str]] = set()  # secrets that are not in the environment: tokens of logins


def redacted(text: str) -> str:
    """`text` without our secrets, in any way that an address, JSON, HTML or Python writes them."""
    named = {value for name, value in os.environ.items() if NAMES.search(name)}
    ways = {way for value in named | HIDDEN if len(value) >= SHORTEST for way in _ways(value)}
    any_way = "|".join(re.escape(way) for way in sorted(ways, key=len, reverse=True)) or "$^"
    return TOKENS.sub("***", re.sub(any_way, "***", text, flags=re.IGNORECASE))


def words(body: bytes) -> str:
    """The first words of an answer; redacted before they are cut, and once free of markup."""
    plain = MARKUP.sub(" ", redacted(body[:READ].decode(errors="replace")))
    shown = "".join(c for c in " ".join(plain.split()) if c.isprintable())
    return redacted(html.unescape(shown))[:SHOWN].strip()


def _ways(value: str) -> set[str]:
    once = {value, quote(value), quote(value, safe=""), quote_plus(value)}
    return once | {quote(q, safe="") for q in once} | {
        json.dumps(value)[1:-1], html.escape(value), repr(value)[1:-1]}  # fmt: skip
