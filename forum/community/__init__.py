"""コミュニティ: what the town has beside its talk: events and courses as a calendar, and a list of its groups."""
