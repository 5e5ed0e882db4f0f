// ext/shell/copy.h - copying a file, for cp and mv.

#ifndef JOS_EXT_SHELL_COPY_H
#define JOS_EXT_SHELL_COPY_H

#include <ext/shell/tool.h>

// Copy the file `from' to the file `to', which is made or replaced.  Returns
// false, and complains, if it cannot; then `to' may be incomplete.
bool copy_file(const char *from, const char *to);

#endif // JOS_EXT_SHELL_COPY_H
