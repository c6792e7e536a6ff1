"""What tests share: makers of data, a server that replays, the runner of Snakemake."""
