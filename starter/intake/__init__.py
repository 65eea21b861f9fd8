"""A lender's CSV file becomes cases: read row by row, gathered by account, opened; bad rows go to a reject file."""
