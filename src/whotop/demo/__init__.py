"""A simulated fleet behind real SSH on loopback: something to see before any machine is set up."""
