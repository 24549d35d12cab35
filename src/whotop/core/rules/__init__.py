"""Rules: what looks wrong. Pure: facts and the time come in, alerts opened, updated or resolved go out."""

from whotop.core.rules.book import RuleBook
from whotop.core.rules.settings import RuleSettings

__all__ = ["RuleBook", "RuleSettings"]
