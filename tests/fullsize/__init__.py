"""The figures of a whole country, shown: every municipality from its uploads to eight releases, and every claim about them held.

`make fullsize`; not in `make test`, which plays a few municipalities (tests/integration/test_fullsize.py).
"""
