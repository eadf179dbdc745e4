"""Opsgenie and its successor, Jira Service Management operations: two APIs over the same alerts, schedules and annotations."""
