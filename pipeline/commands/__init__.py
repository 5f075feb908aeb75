"""What a person types, a module for each command: parse, call, print. `cli` puts them together."""
