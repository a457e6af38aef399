"""テーマの提案: a resident proposes what to discuss, others support it, and it begins by itself as a topic."""
