"""Style templates in the store."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from vidctl.domain.style_template import StyleTemplate
from vidctl.repositories.base_repository import BaseRepository


class TemplateRepository(BaseRepository[StyleTemplate]):
    """A template's slug is unique; templates serve all films."""

    collection = "templates"
    document = StyleTemplate
    noun = "template"
    taken = MappingProxyType({"slug": "there is a template of this name already"})

    def list_templates(self, category: str | None = None, public: bool | None = None) -> list[StyleTemplate]:
        """Most used first; of one category, and only public or private ones, where that is said."""
        where: dict[str, Any] = {} if category is None else {"category": category}
        where |= {} if public is None else {"is_public": public}
        return self.find_many(where, sort=(("use_count", -1), ("slug", 1)))

    def count_use(self, template_id: str) -> None:
        """One more render was asked for with it; nothing happens if it was deleted meanwhile."""
        self.update_one({"id": template_id}, {"$inc": {"use_count": 1}})
