"""What a plan does to readers and rights holders, which changes come first in a review, and the limits."""
