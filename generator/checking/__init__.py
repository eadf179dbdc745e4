"""What ``callboard lint`` does: a survey without a site, its problems named by paths that people can open."""

from generator.checking.checked import Checked, check_paths, check_portal

__all__ = ["Checked", "check_paths", "check_portal"]
