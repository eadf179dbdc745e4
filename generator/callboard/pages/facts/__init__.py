"""What tools know of entities: panels on their pages, and pages of their own for what is open everywhere."""
