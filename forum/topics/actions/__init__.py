"""Every act on a topic and its posts: `discussing` by residents, `steering` by facilitators, `judging` by moderators."""
