"""Grafana: alerts and dashboards of an organization, and the schedules of Grafana OnCall."""
