"""Pages about software templates: ``/create/``, and a form for each template."""
