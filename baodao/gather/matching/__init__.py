"""Matching, fit and timely, near and convenient (适宜适时、就近就便): who could take which seat, and why.

Owns: hard limits, soft wishes, fairness, stability, and the process in which ortools runs. It suggests; a person confirms.
Must never know: a table, a page, a name. It gets tokens and numbers and gives tokens and reasons back; nothing is kept.
"""
