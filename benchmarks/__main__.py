"""Each benchmark by name: `python -m benchmarks NAME --help`; no name lists them."""

import argparse

from benchmarks import (
    alarms,
    backtest,
    checks,
    cost,
    fetch_layer,
    intraday,
    kills,
    morning,
    mutations,
    nowcast,
    peers,
    scores,
    season,
    shadow_prices,
    storms,
    structure,
    thousand,
    training,
    windows,
)

BENCHMARKS = {
    "training": training,
    "backtest": backtest,
    "peers": peers,
    "cost": cost,
    "scores": scores,
    "thousand": thousand,
    "fetch": fetch_layer,
    "mutations": mutations,
    "checks": checks,
    "structure": structure,
    "windows": windows,
    "intraday": intraday,
    "nowcast": nowcast,
    "season": season,
    "storms": storms,
    "shadow": shadow_prices,
    "kills": kills,
    "morning": morning,
    "alarms": alarms,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = parser.add_subparsers(dest="name", metavar="NAME")
    for name, module in BENCHMARKS.items():
        about = (module.__doc__ or "").strip()
        one = names.add_parser(name, help=about.splitlines()[0], description=about)
        one.formatter_class = argparse.RawDescriptionHelpFormatter
        module.options(one)
    given = parser.parse_args()
    if given.name is None:
        parser.print_help()
    else:
        BENCHMARKS[given.name].run(given)


if __name__ == "__main__":
    main()
