#include <archive.h>
#include <archive_entry.h>

/// archive_set_error is variadic, which Swift does not import.
static inline void archive_set_error_text(struct archive *archive, int number, const char *text) {
  archive_set_error(archive, number, "%s", text);
}
