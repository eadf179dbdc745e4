"""The site's paths, as pages know them; they stand in ``model`` because diagrams link to the same pages."""

from generator.model.urls import api_path, entity_json_path, entity_path, segment, up_from

__all__ = ["api_path", "entity_json_path", "entity_path", "segment", "up_from"]
