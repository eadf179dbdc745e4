"""Results of scorecards → the section on entity pages, the pages below ``/scorecards/``, and their data files."""
