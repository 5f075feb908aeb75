"""Audio to hypotheses: VAD, policy, Whisper, guards, and the worker process they run in."""
