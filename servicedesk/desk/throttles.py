"""How often a stranger may ask: by address, and by the number asked for."""

from __future__ import annotations

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.throttling import SimpleRateThrottle


class ByAddress(SimpleRateThrottle):
    """Every look-up from one address counts."""

    scope = "lookup"

    def get_cache_key(self, request: HttpRequest, view: object) -> str:
        return f"lookup:address:{self.get_ident(request)}"  # type: ignore[arg-type]


class ByNumber(SimpleRateThrottle):
    """Wrong secrets for one number count, wherever they come from; a right one does not."""

    rate = "30/hour"
    duration: int
    num_requests: int

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__()

    def get_cache_key(self, request: HttpRequest, view: object) -> str:
        return f"lookup:number:{self.number}"

    def is_spent(self, request: HttpRequest) -> bool:
        """Whether no further guess is allowed now; asking does not count."""
        self.key = self.get_cache_key(request, None)
        self.now = self.timer()
        kept = self.cache.get(self.key, [])
        self.history = [moment for moment in kept if moment > self.now - self.duration]
        return len(self.history) >= self.num_requests


def too_many(request: HttpRequest, wait: float | None) -> HttpResponse:
    """The 429 page; `wait` in seconds tells when to come again."""
    seconds = max(1, math.ceil(wait or 60))
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
