"""notify: who is told what, once per fact, channel and person. It must never carry a request's text."""
