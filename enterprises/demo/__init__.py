"""The demo: believable people, companies and matters, walked through the real verbs under a moving clock."""
