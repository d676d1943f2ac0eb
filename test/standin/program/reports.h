/* Answers that tell how things are. Main thread, between frames. */
#ifndef STANDIN_REPORTS_H
#define STANDIN_REPORTS_H

/* Looks at every block there is, then tells what went wrong so far and sums of what was called. */
void report_check(void);

/* How often each kind of function was called by the program's own work. */
void report_calls(void);

/* How often each arrived in the vanilla code. */
void report_vanilla(void);

/* The first thing that went wrong. */
void report_fault(void);

/* Frames since the last reset of their times, and these. */
void report_times(void);

/* What was loaded last, and where the program is. */
void report_state(void);

/* The console's lines since the last report. */
void report_console(void);

#endif
