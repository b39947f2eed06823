"""Call-outs (应急值守、干部下沉): an emergency is declared on, shifts open where it is, people who offered themselves fill them, gaps show,
it is declared off and reviewed.

Owns: who is willing (by her own act, revocable), call-outs, rosters, asking for a stand-in. Must never know: why somebody
declines, rests or is missing; whether she is ill, caring or in quarantine.
"""
