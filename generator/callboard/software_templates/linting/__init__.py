"""A Template entity and its skeletons → problems TPL001–TPL014, without running anything of the template."""
