"""The desk's pages of organizations: directory, rights, duty lists."""

from . import duties, duty_changes, duty_import, finding, orgs, tree  # noqa: F401
