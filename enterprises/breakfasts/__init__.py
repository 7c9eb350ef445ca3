"""The rules of the breakfast, as plain functions. What they decide is kept with the rule and in the chain."""
