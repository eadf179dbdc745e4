"""A catalog, facts and what is recorded over time → analyses: figures about delivery, suggested owners, skills, and InnerSource."""
