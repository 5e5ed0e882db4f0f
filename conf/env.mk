# conf/env.mk - settings of this machine.  Anything here can also be given on
# make's command line or in the environment.

# What make puts before a command: @ hides it.  `make V=1` shows them all.
V ?= @

# Prefix of the tools, if the one that tools/probe finds is not the right one:
# GCCPREFIX = i686-linux-gnu-

# The emulator, if it is not in the PATH as qemu-system-i386:
# QEMU = /opt/qemu/bin/qemu-system-i386
