"""notify: who is told what, once per fact, channel and person; waiting, sent, parked or skipped, never twice.

It owns notices and preferences. It must never know a request's text: words come from templates with codes and
dates as parameters, addresses from the vault at the moment of sending, and neither is kept or logged.
"""
