"""Views and the plan: which pages there are and what each says. No HTML."""
