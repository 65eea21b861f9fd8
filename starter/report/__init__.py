"""`dunlin report`: the figures of a portfolio as terminal tables, CSV files and one HTML page."""
