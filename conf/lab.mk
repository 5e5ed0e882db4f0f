# conf/lab.mk - which lab this is, 1 to 5: how far the kernel boots, and what
# `make grade` grades.  `make LAB=3 ...` or LAB in the environment override it.
LAB ?= 5

# In a tree that is handed out, functions that have no caller yet are no
# mistake.
LAB_FLAGS =

# When this tree was handed out
PACKAGEDATE = Sat Nov 21 2026
