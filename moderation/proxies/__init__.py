"""代理入力: opinions that came by paper, phone or word of mouth, written into a discussion by a section, word for word."""
