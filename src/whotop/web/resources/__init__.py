"""The resources of the API, one file for each noun."""

from whotop.web.resources import alerts, events, health, machines, report, sessions, usage, users

RESOURCES = (
    machines.RESOURCE,
    users.RESOURCE,
    sessions.RESOURCE,
    events.RESOURCE,
    alerts.RESOURCE,
    report.RESOURCE,
    usage.RAW,
    usage.PLOT,
    health.RESOURCE,
)
