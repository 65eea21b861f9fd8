"""What speaks against each message: one module for each module of `domain.events`."""
