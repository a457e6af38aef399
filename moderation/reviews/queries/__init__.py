"""All SQL of the reviews: `charter`, `reports`, `queue`, `decisions`."""
