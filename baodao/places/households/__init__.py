"""Households: the least that has to be written of a home so that somebody can call on it, and nothing that judges it.

Every line says who wrote it, why, and until when; then it is erased. Its texts lie in the ledger's content alone, a
contact's name and telephone in the vault; tables and facts hold codes and days. Needs are written by the household's
own word, a contact with consent. There is no field for religion, ethnicity, mood, opinions, politics or anybody's
standing, and no free text at all. The household reads all of it and ends it by one press.
"""
