"""Where descriptors live: one file a system; each yields trees and descriptor files."""
