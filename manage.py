#!/usr/bin/env python
"""Django's usual entry; `baodao` (baodao/cli.py) is the same with friendlier errors."""

from baodao.cli import main

if __name__ == "__main__":
    main()
