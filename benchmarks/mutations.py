"""Mutated inputs, parser by parser: is each told by name, and does none kill the process?

Valid inputs are spoilt one way at a time: a bit, a cut, bytes that moved, were lost or came twice,
cells swapped, rows repeated, another encoding, another file's bytes. What then happened:

clear     an error of ours, or a row set aside, whose text names the file, posting or answer
same      read to the same values, or to a part of them with the rest named
other     read to other values without a word: a digit that became another is what the source said
obscure   any other error
crash     the process died (each parser runs in one of its own)
"""

import argparse
import json
import logging
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.mutated import OURS, PARSERS, Reader

SHOWN = 3  # examples of each kind that a person should see
Outcome = tuple[str, str]  # kind, and what was said


class Told(NamedTuple):
    counts: Counter[str]
    examples: dict[str, list[str]]


def spoilt(body: bytes, other: bytes, text: bool, rng: Random) -> tuple[str, bytes]:
    """`body` spoilt in one way, and which."""
    ways: list[Callable[[bytes, bytes, Random], bytes]] = [flip, flip, cut, moved, lost, twice]
    ways += [swapped_cells, swapped_cells, repeated_row, encoded] if text else [overwritten]
    ways += [lambda _, other, __: other]
    way = rng.choice(ways)
    return getattr(way, "__name__", "").strip("<>"), way(body, other, rng)


def flip(body: bytes, _: bytes, rng: Random) -> bytes:
    made = bytearray(body)
    made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
    return bytes(made)


def cut(body: bytes, _: bytes, rng: Random) -> bytes:
    return body[: rng.randrange(len(body))]


def moved(body: bytes, _: bytes, rng: Random) -> bytes:
    a, b = sorted(rng.randrange(len(body)) for _ in range(2))
    return body[:a] + body[b : b + 16] + body[a:b] + body[b + 16 :]


def lost(body: bytes, _: bytes, rng: Random) -> bytes:
    a = rng.randrange(len(body))
    return body[:a] + body[a + rng.randint(1, 40) :]


def twice(body: bytes, _: bytes, rng: Random) -> bytes:
    a = rng.randrange(len(body))
    return body[:a] + body[max(0, a - rng.randint(1, 40)) :]


def overwritten(body: bytes, _: bytes, rng: Random) -> bytes:
    a, size = rng.randrange(len(body)), rng.randint(1, 64)
    return body[:a] + rng.choice([bytes(size), rng.randbytes(size)]) + body[a + size :]


def swapped_cells(body: bytes, _: bytes, rng: Random) -> bytes:
    lines = [line.split(b",") for line in body.split(b"\n")]
    (a, b), (c, d) = ((rows := rng.choice(lines), rng.randrange(len(rows))) for _ in range(2))
    a[b], c[d] = c[d], a[b]
    return b"\n".join(b",".join(line) for line in lines)


def repeated_row(body: bytes, _: bytes, rng: Random) -> bytes:
    lines = body.split(b"\n")
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))
    return b"\n".join(lines)


def encoded(body: bytes, _: bytes, rng: Random) -> bytes:
    text = body.decode()
    return text.encode(rng.choice(["utf-16", "utf-16-be", "utf-32", "utf-8-sig", "cp037", "utf-7"]))


def outcome(reader: Reader, body: bytes, want: object) -> Outcome:
    """What became of one input."""
    try:
        values, said = reader.read(body)
    except OURS as error:
        text = str(error)
        return ("clear" if any(n in text for n in reader.names) else "obscure"), repr(error)
    except Exception as error:  # what no one should see
        return "obscure", repr(error)
    if said:
        return ("clear" if all(any(n in s for n in reader.names) for s in said) else "obscure"), ""
    return ("same", "") if values == want else ("other", "")


def child(name: str, first: int, count: int, seed: int) -> None:
    """A line an input on standard output: its number before it is read, and what became of it."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        reader = PARSERS[name](Path(folder))
        want, _ = reader.read(reader.body)
        for k in range(first, count):
            way, body = spoilt(reader.body, reader.other, reader.text, Random(f"{name} {seed} {k}"))
            print(k, flush=True)
            kind, said = ("same", "") if body == reader.body else outcome(reader, body, want)
            print(json.dumps([kind, f"{k} {way}: {said}"[:300]]), flush=True)


def outcomes(name: str, count: int, seed: int) -> Iterator[Outcome]:
    """Of `count` inputs of a parser; a child that dies is one, and the next goes on after it."""
    first = 0
    while first < count:
        command = [sys.executable, "-m", "benchmarks", "mutations", "--child", name]
        command += ["--first", str(first), "--count", str(count), "--seed", str(seed)]
        made = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        lines = made.stdout.splitlines()
        yield from (tuple(json.loads(line)) for line in lines if line.startswith("["))
        if made.returncode == 0:
            return
        if not lines:
            raise RuntimeError(f"{name}: does not start")
        first = 1 + int([line for line in lines if not line.startswith("[")][-1])
        yield "crash", f"{first - 1}: exit code {made.returncode}"


def told(name: str, count: int, seed: int = 0) -> Told:
    """How many inputs of a parser came to what, and examples."""
    counts, examples = Counter[str](), dict[str, list[str]]()
    for kind, said in outcomes(name, count, seed):
        counts[kind] += 1
        examples.setdefault(kind, []).append(said)
    return Told(counts, examples)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=10_000, help="inputs of each parser")
    parser.add_argument("--only", nargs="+", default=[*PARSERS], choices=[*PARSERS])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)


def run(given: argparse.Namespace) -> None:
    if given.child:
        child(given.child, given.first, given.count, given.seed)
        return
    kinds = ("clear", "same", "other", "obscure", "crash")
    print("| parser | " + " | ".join(kinds) + " |\n|---|" + "---|" * len(kinds), flush=True)
    for name in given.only:
        found = told(name, given.count, given.seed)
        print(f"| {name} | " + " | ".join(f"{found.counts[k]:,}" for k in kinds) + " |", flush=True)
        for kind in ("obscure", "crash"):
            for said in found.examples.get(kind, [])[:SHOWN]:
                print(f"  {kind}: {said}", file=sys.stderr, flush=True)
