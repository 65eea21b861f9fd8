"""The HTTP door: what telephone and mail providers report becomes messages to cases."""
