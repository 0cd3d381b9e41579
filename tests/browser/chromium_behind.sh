#!/bin/sh
# Chromium that comes after all else on the processor. `nice` does not do it: Playwright gives it a
# session of its own, which Linux schedules as a group beside ours (autogroup), and as root it
# even sets its own priorities anew. Where the kernel has no such groups it is just Chromium.
echo 10 2>/dev/null >/proc/self/autogroup || true
exec /usr/bin/chromium "$@"
