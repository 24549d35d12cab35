"""The glue: collect → parse → core → store, and the live feed."""
