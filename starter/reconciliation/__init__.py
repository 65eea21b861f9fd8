"""Reconciliation: a lender's file of open accounts against the running cases."""
