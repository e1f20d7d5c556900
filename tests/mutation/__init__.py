"""Mutation check: each rule in the YAML is broken in every way a slip of the pen could, and at least one test must fail for it."""
