"""The providers that come with catalogctl, a folder each; found by discovery, imported by name nowhere."""
