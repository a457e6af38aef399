"""What people do with a public-comment procedure, from its preparation to its published result."""
