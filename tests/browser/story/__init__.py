"""The chapters of the story: what people do in the `room`, and what the `city` makes of it."""
