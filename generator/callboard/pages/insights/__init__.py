"""Pages about whom to ask: languages and skills, components that welcome contributors, and suggested owners."""
