"""The in-memory truth: values in, values out, time passed in. No asyncio, clock, file or screen."""
