"""What the user wrote down: the configuration file, machine expressions, ssh_config, inventories.

``load_settings`` reads a file, ``configured_machines`` lists every machine it knows, and
``select_machines`` picks those that the command line means. All three can be called again at any
time; ``reload.difference`` then says what to begin and what to end.
"""
