"""Whether a picture shows a face, so that its sender is asked to take the place instead. A detector only: it gives boxes and knows nobody; it runs in
a process of its own without settings or keys, and neither picture nor box is kept by it.
"""
