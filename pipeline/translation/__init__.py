"""Sentences to renderings: engines, the chain, the gate."""
