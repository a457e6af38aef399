"""All SQL of the reviews: `reports`, `queue`, `decisions`."""
