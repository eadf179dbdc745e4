"""The portal kept in memory for a preview: a change reads again what it touches, and pages are made when somebody asks for them."""
