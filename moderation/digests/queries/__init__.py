"""All SQL of digests: the digests themselves, the texts they read, the opinions and groups, and what is published."""
