"""Every write of people, by room: identity (vault), reading (with purpose and log), accounts, sign_in,
factors, consent, keys."""
