"""How each event changes a case: one module for each module of `domain.events`."""
