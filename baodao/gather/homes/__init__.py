"""Homes of neighbours: asking one for help, whom a guardian trusts to fetch a child, neighbours with a skill, quick reports of people on
the road. Help itself is a matter that packs declare; its words are gone 30 days after its end."""
