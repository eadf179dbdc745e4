"""The changes that a portal publishes → a short message for a team, as Markdown, for chats, or as mail."""
