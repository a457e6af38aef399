"""All SQL of the search. `words` and `bigrams` are made by migration 0002."""
