"""Members' service in communities (双报到): units linked with communities, who reports where, openings paced over the
half-year, standing posts with visible duties, the record of service, its certificate, and points where a pack switched
them on.

A member decides what is shown of her; a community rates the service and never the person; a community that needs nobody
says so. Points are computed, never stored, for listed members only, and read by herself and one named post. Occasions that
ask for a visit or a talk (四必到、五必访) belong to the visits, not to this room.
"""
