"""What the room is counted by."""
