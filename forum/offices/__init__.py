"""運営: the boards of the town, its sections, and the people who hold an office."""
