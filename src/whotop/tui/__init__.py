"""The screen: Textual lives here alone."""
