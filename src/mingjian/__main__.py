"""`python -m mingjian` is the `mingjian` command.

The processes of an installation begin without the commands they do not need: each second that a recorder takes to start
again is a second without footage.
"""

import sys

if sys.argv[1:2] == ["internal"]:
    from mingjian.cli.serve import internal
    from mingjian.cli.told import run

    run(internal, sys.argv[2:])
else:
    from mingjian.cli.main import main

    main()
