"""What the generated test cannot ask in full, by name: a list of addresses where nobody comes in with the reason, and a list of acts that
nobody gets done there. Both may only shrink: give the town an object, or send what the act needs."""

#: Address → why the town has no object that anybody may open, and who asks instead.
NEVER = {
    "desk:alliance-map": "no kind of alliance of this pack is drawn on a map: test_W17_promises, test_N12_villages ask",
    "desk:class-certificate": "409 before the last session was taken: test_W21_catalogue and test_Y19_cadre_school live a class",
    "desk:matter-paper": "only mediations and hazards have papers: test_D07_mediation, test_W11_studio ask",
    "desk:return-copy": "a return is frozen by two who sign: tests/measures/test_returns.py asks",
    "desk:return-why": "no number of this town has rows behind it: tests/measures/test_returns.py asks",
    "desk:service-points": "this pack switches no points on: tests/gather/service asks",
    "portal:class-certificate": "as desk:class-certificate: test_D10_training lives a class",
    "portal:demo": "the demonstration alone has it: tests/people asks",
    "portal:demo-sign-in": "the demonstration alone has it: tests/people asks",
    "portal:sign-in-factor": "stands between two steps of signing in: tests/people/test_sign_in.py walks them",
}
#: "address METHOD": whoever has the right is let in and told what is missing, which proves the door and not the act. The rooms' own tests do it.
UNDONE = frozenset(
    line.strip()
    for line in """
    api:gathering.rows POST
    desk:alliances-free POST
    desk:call POST
    desk:cards-renew POST
    desk:check POST
    desk:checklists POST
    desk:course-loudspeaker POST
    desk:course-tell POST
    desk:dues POST
    desk:dues-lacking POST
    desk:dues-together POST
    desk:duty-import-errors GET
    desk:duty-import-map GET
    desk:duty-import-map POST
    desk:glass POST
    desk:grids-takeback POST
    desk:legs-errors GET
    desk:matter-likes POST
    desk:matter-suggestion POST
    desk:notices-status POST
    desk:partners POST
    desk:seconds POST
    desk:training-reach POST
    desk:wanted POST
    portal:gathering-in POST
    portal:me-factor POST
    portal:my-service-certificate POST
    portal:my-service-record POST
    portal:rate-visit POST
    portal:sign-in-code GET
    portal:sign-in-code POST
    portal:standing POST
    """.strip().splitlines()
)
