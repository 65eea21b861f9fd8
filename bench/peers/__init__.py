"""What people use instead, measured beside Dunlin: `make bench-peers`, read `docs/peers.md`."""
