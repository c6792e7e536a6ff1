"""ERCOT's reports: `reports` lists them, `client` fetches postings, `parse` reads them."""
