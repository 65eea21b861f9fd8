"""What text messages and calls share: the Twilio account, its client and its error codes."""
