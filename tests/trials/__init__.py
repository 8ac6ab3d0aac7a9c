"""Simulated time trials: the whole worker against the sandbox, from one seed, with everything that can go wrong going wrong."""
