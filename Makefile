# Makefile - for a make that is not GNU make: hands everything over to one
# that is.  GNU make itself reads GNUmakefile and never comes here.

all:
	@$(FIND_GMAKE); exec $$gmake all

.DEFAULT:
	@$(FIND_GMAKE); exec $$gmake $@

# Some targets have the names of folders.
.PHONY: all boot kern lib user fs
.NOTPARALLEL:

# Variables given on the command line are in the environment of a recipe;
# MAKEFLAGS is in the words of the other make.  BSD's runs recipes in obj/.
FIND_GMAKE = unset MAKEFLAGS MAKELEVEL MFLAGS; \
	[ -z "$(.CURDIR)" ] || cd "$(.CURDIR)"; \
	for gmake in gmake gnumake make ''; do \
		case `$$gmake --version 2>/dev/null` in GNU*) break;; esac; \
	done; \
	if [ -z "$$gmake" ]; then \
		echo 'JOS is built with GNU make, which is not here.' \
			'Run tools/setup, or install it as gmake.' >&2; \
		exit 1; \
	fi
