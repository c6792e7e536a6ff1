"""The other markets, by gridstatus: `fetch` says how, `feeds` which tables of which market."""
