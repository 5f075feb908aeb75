"""Six hours of speech in less time: what the program holds must not grow. `python -m tests.endurance`, see there."""
