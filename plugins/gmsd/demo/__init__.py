"""Synthetic registers, the deliveries made of them, and the played story."""
