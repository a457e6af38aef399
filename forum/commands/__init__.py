"""The commands of `forum`, one module each; together with `forum.app` the composition root."""
