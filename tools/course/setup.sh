#!/bin/sh
# setup.sh - run once by Gradescope, when it makes the autograder's image.
set -e
cd "$(dirname "$0")/jos"
tools/setup
make -j2
