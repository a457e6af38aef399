"""市の回答: what the city owes a discussion, who answers it, and how far that is; every step on public record."""
