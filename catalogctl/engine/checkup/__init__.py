"""A checkup: what is open in a checkout and its environment, found without a store and without a value of any secret.

surroundings → every check → findings, each a diagnostic of its own code
"""
