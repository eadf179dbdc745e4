"""The ``reports`` integration."""
