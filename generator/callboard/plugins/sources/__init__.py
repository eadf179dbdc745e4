"""The public API of sources: a plugin may import these names; anything else may change without notice."""

from typing import TYPE_CHECKING

from callboard.io.git.remote import Remote, host_software, parse_remote
from callboard.io.http.auth import Anonymous, Credential, basic, bearer, header
from callboard.io.http.cache import Answer
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits, Clock, Counts, Traffic
from callboard.io.http.pagination import Cursor, NextLink, Offset, Paging
from callboard.io.http.urls import Params, url_origin
from callboard.model.entity import Origin
from callboard.model.errors import (
    CallboardError,
    MissingFileError,
    MissingRevisionError,
    OutsideTreeError,
    SourceError,
    TooLargeError,
    TreeError,
)
from callboard.model.problem import Problem, Related, Rule, Severity, Span
from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef, RefError, WrittenRef, parse_ref
from callboard.model.transliteration import ascii_text, usable_tag
from callboard.model.tree import CatalogRecord, DescriptorFile, Tree
from callboard.plugins.lazy import lazy_names
from callboard.plugins.resources import json_resource
from callboard.plugins.sources.base import (
    Collected,
    LeftOutRepository,
    Repository,
    Source,
    SourceContext,
    SourceFailure,
    SourceTraffic,
    Undescribed,
    merge_collected,
)
from callboard.plugins.sources.memory_tree import MemoryFile, MemoryTree
from callboard.plugins.sources.paths import (
    DEPENDENCY_FOLDERS,
    PRIVATE_FOLDERS,
    compile_glob,
    compiled_glob,
    compiled_globs,
    descriptor_paths,
    glob_alternatives,
    is_glob,
    matching_paths,
    normal_path,
    shown_path,
)
from callboard.redaction.redactor import Redactor
from callboard.redaction.secrets import mask
from callboard.settings.settings import SourceSettings

if TYPE_CHECKING:
    from callboard.io.checked_lines import read_checked, with_digest, write_unsynced
    from callboard.io.git.address import GitAddress, git_address, url_password
    from callboard.io.git.clone import CLONE_REFS, RemoteHead, remote_head, update_clone
    from callboard.io.git.command import LOCAL_PROTOCOLS, NETWORK_PROTOCOLS, Git, current_branch, last_commit, origin_url
    from callboard.io.git.history import FileCommit, FileHistory, git_commits_between, git_log, last_commits
    from callboard.io.github import GITHUB_HEADERS, GITHUB_JSON, GITHUB_URL, GitHubConnection, connect_github
    from callboard.io.graphql import GraphqlClient, GraphqlError, GraphqlResponse, UnknownFieldError
    from callboard.io.http.aws import aws_credential
    from callboard.io.http.client import Client, ClientContext, client_for
    from callboard.io.http.oauth import ClientCredentials, OAuthClient, client_credentials
    from callboard.io.ldap import LdapDirectory, LdapRow
    from callboard.io.process import Finished
    from callboard.io.store import file_lock
    from callboard.plugins.sources.writing import descriptor_text, yaml_text

__all__ = [
    "CLONE_REFS",
    "DEFAULT_NAMESPACE",
    "DEPENDENCY_FOLDERS",
    "GITHUB_HEADERS",
    "GITHUB_JSON",
    "GITHUB_URL",
    "LOCAL_PROTOCOLS",
    "NETWORK_PROTOCOLS",
    "PRIVATE_FOLDERS",
    "Anonymous",
    "Answer",
    "CallboardError",
    "CatalogRecord",
    "Client",
    "ClientContext",
    "ClientCredentials",
    "ClientLimits",
    "Clock",
    "Collected",
    "Counts",
    "Credential",
    "Cursor",
    "DescriptorFile",
    "EntityRef",
    "FileCommit",
    "FileHistory",
    "Finished",
    "Git",
    "GitAddress",
    "GitHubConnection",
    "GraphqlClient",
    "GraphqlError",
    "GraphqlResponse",
    "HttpError",
    "LdapDirectory",
    "LdapRow",
    "LeftOutRepository",
    "MemoryFile",
    "MemoryTree",
    "MissingFileError",
    "MissingRevisionError",
    "NextLink",
    "OAuthClient",
    "Offset",
    "Origin",
    "OutsideTreeError",
    "Paging",
    "Params",
    "Problem",
    "Redactor",
    "RefError",
    "Related",
    "Remote",
    "RemoteHead",
    "Repository",
    "Rule",
    "Severity",
    "Source",
    "SourceContext",
    "SourceError",
    "SourceFailure",
    "SourceSettings",
    "SourceTraffic",
    "Span",
    "TooLargeError",
    "Traffic",
    "Tree",
    "TreeError",
    "Undescribed",
    "UnknownFieldError",
    "WrittenRef",
    "ascii_text",
    "aws_credential",
    "basic",
    "bearer",
    "client_credentials",
    "client_for",
    "compile_glob",
    "compiled_glob",
    "compiled_globs",
    "connect_github",
    "current_branch",
    "descriptor_paths",
    "descriptor_text",
    "file_lock",
    "git_address",
    "git_commits_between",
    "git_log",
    "glob_alternatives",
    "header",
    "host_software",
    "is_glob",
    "json_resource",
    "last_commit",
    "last_commits",
    "mask",
    "matching_paths",
    "merge_collected",
    "normal_path",
    "origin_url",
    "parse_ref",
    "parse_remote",
    "read_checked",
    "remote_head",
    "shown_path",
    "update_clone",
    "url_origin",
    "url_password",
    "usable_tag",
    "with_digest",
    "write_unsynced",
    "yaml_text",
]

__getattr__ = lazy_names(
    __name__,
    {
        "callboard.io.checked_lines": ("read_checked", "with_digest", "write_unsynced"),
        "callboard.io.git.address": ("GitAddress", "git_address", "url_password"),
        "callboard.io.git.clone": ("CLONE_REFS", "RemoteHead", "remote_head", "update_clone"),
        "callboard.io.git.command": ("LOCAL_PROTOCOLS", "NETWORK_PROTOCOLS", "Git", "current_branch", "last_commit", "origin_url"),
        "callboard.io.git.history": ("FileCommit", "FileHistory", "git_commits_between", "git_log", "last_commits"),
        "callboard.io.github": ("GITHUB_HEADERS", "GITHUB_JSON", "GITHUB_URL", "GitHubConnection", "connect_github"),
        "callboard.io.graphql": ("GraphqlClient", "GraphqlError", "GraphqlResponse", "UnknownFieldError"),
        "callboard.io.http.aws": ("aws_credential",),
        "callboard.io.http.client": ("Client", "ClientContext", "client_for"),
        "callboard.io.http.oauth": ("ClientCredentials", "OAuthClient", "client_credentials"),
        "callboard.io.ldap": ("LdapDirectory", "LdapRow"),
        "callboard.io.process": ("Finished",),
        "callboard.io.store": ("file_lock",),
        "callboard.plugins.sources.writing": ("descriptor_text", "yaml_text"),
    },
)
"""Imported when they are used: processes, network and YAML take longer to import than all of the rest."""
