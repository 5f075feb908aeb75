"""How good a session was: latency, conformity, texts, times, erasure. Pure: values in, figures out."""
