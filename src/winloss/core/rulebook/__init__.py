"""The rules that change by pull request: policy files and forms."""
