"""The other markets, by gridstatus: `feeds` says which tables, `ask` and `fetch` how."""
