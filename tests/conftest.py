"""Makes the folder of tests importable: ``faulty`` is shared between rooms."""
