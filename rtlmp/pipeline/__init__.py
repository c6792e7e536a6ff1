"""How Snakemake runs the package: what each rule declares, and what its job is handed."""
