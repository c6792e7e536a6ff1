"""What all sources share: asking a server, what a source is, the store, and vintages."""
