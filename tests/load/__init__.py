"""The public site under load, at full size: answers a second, times, memory, the export, and OData beside another build."""
