"""Bundles 套餐: several items applied for in one form. What is offered, what a part inherits from the whole,
how long it may take, and how a company is born in one."""
