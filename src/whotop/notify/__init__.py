"""Tells people of alerts: mail by SMTP, chat by apprise, and the security events of Windows machines by mail.

``Notifier`` turns alerts into deliveries, which the monitor puts into the store with the alerts that they tell
of; ``Sender`` takes them out and sends them by its routes. Nothing heavy is imported before it is needed.
"""
