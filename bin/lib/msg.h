/*
 * Messages and the end of a program.
 * Every error is one line on stderr, "tool: what: why". Bytes that a terminal could take for
 * a command (control characters, C1 too, of hostile file names say), characters that change
 * the direction of text, and bytes that are not UTF-8 are shown as \xNN.
 * (noreturn stands twice below because cppcheck knows only one of its spellings.) Exit codes
 * are those of sysexits(3): EX_USAGE 64 wrong use, EX_DATAERR 65 the input is bad,
 * EX_UNAVAILABLE 69 the database cannot be reached, EX_SOFTWARE 70 a defect of ours, EX_IOERR
 * 74 input/output, and memory.
 */
#ifndef MSG_H
#define MSG_H

#include <stdbool.h>
#include <sysexits.h>

/* Sets the name that begins every line; argv0's folder is dropped. */
void msg_set_tool(const char *argv0);

/* The name of this program, for messages, rejects and counts. */
const char *msg_tool(void);

/* Says that the cursor stands behind a line that may go, which the next message erases. */
void msg_set_unfinished(bool unfinished);

/* Prints one line; the caller goes on. */
void msg_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints one line and exits with the status. */
_Noreturn void msg_die(int status, const char *fmt, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

/* The same, for a failed system call: ": strerror(errno)" is added, the status is EX_IOERR. */
_Noreturn void msg_die_errno(const char *fmt, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/*
 * The same, for an input that cannot be opened: EX_USAGE if it is not there, is a folder, or
 * may not be read by this user; EX_IOERR otherwise.
 */
_Noreturn void msg_die_input(const char *name) __attribute__((noreturn));

#endif
