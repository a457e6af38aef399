"""All SQL of posts: `posts` themselves and their `revisions`."""
