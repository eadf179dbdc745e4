"""Entity pages: a view for each kind, one template for all of them."""
