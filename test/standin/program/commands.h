/* The commands of a script line. */
#ifndef STANDIN_COMMANDS_H
#define STANDIN_COMMANDS_H

/* Runs one line; what it has to say goes to the console. Main thread.
 *
 * returns: whether there is such a command and it could be done */
int command_run(const char *line);

/* Runs one line as a console does it: through a script object on the stack. Any thread; on any but
 * the main one that is a violation of the game's rules. */
int command_run_as_script(const char *line);

/* Whether a command has asked the program to end. */
int command_wants_end(void);

#endif
