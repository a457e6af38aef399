"""How long a broker waits for what, in seconds."""

# A connection can die without a word (a cable, a firewall): a pulse takes the way of every message now and then.
PULSE = 2.0
# Who has felt no pulse for so long does not know what it misses.
SILENCE = 6.0
# What a server may take to answer.
ANSWER = 5.0
# A start waits this long for the first pulse, then goes on without: readiness tells.
START = 5.0
# Between two attempts to connect: at first, and at last.
FIRST_RETRY = 0.2
LAST_RETRY = 5.0
# Between two attempts to become the relay; the longest that messages stand still when a relay ends.
TURN = 1.0
# Between two catch-ups while no message comes through but the tables can be read.
CATCH_UP = 30.0
# An end waits this long for all that was asked to stop.
END = 10.0
