"""Where the packaged program begins. Its worker processes begin here too, and are told apart by `freeze_support`."""

from multiprocessing import freeze_support

from tracker.__main__ import main

if __name__ == "__main__":
    freeze_support()
    main()
