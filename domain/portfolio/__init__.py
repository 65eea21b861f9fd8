"""What many cases come to: the figures by which a portfolio is judged. Formulas: docs/report.md."""
