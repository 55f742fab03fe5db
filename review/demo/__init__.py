"""The demo province: fictional, made from a seed, with planted effects written beside it."""
