"""Views: from the fleet to rows and cells. Pure; nothing here draws, waits or asks the time itself."""
