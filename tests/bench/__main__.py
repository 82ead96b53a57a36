"""`make bench`. Imports nothing where a child process reads this file again."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from bench.figures import main

    sys.exit(main())
